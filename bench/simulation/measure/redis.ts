import { startRedis } from '../../../scripts/local/redis-server.ts';
import { INTERIM_KIND } from '../../../shared/event.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { createRedis, type RedisNode } from '../../../shared/redis.ts';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { eventOf, interimOf, PARTICIPANT, suggestionOf } from '../../call-events.ts';
import { conversationName, publishedMessage } from '../../event-source.ts';
import { type CallShape, playedCall } from '../call.ts';
import { appendAll } from '../check/append.ts';

const COPIES = 5;
const EVENTS = 3_000;
const CONVERSATIONS = 50;
const AT_ONCE = 16;
/** The call that docs/delivery.md measures. */
const FULL: CallShape = { messages: 120, interimsEach: 25, suggestions: 60 };

/** What events cost Redis: one server without subscribers, because a subscriber is a cost of its own. */
export async function measureRedis(rounds: number) {
  const server = await startRedis();
  const redis = createRedis({
    redisHost: server.host,
    redisPort: server.port,
    redisAuth: undefined,
    redisTlsCa: undefined,
  });
  const log = createEventLog(redis, { historySize: 1_000, historyTtlSeconds: 86_400 });
  let conversations = 0;
  const name = () => conversationName(conversations++);
  const used = async () => Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);

  /** Growth of the memory with each conversation. */
  async function bytesOf(call: CallShape, strip = async (_keys: ReturnType<typeof conversationKeys>) => {}) {
    const before = await used();
    for (let copy = 0; copy < COPIES; copy++) {
      const conversation = name();
      await appendAll(log, playedCall(conversation, call), 1);
      await strip(conversationKeys(conversation));
    }
    return ((await used()) - before) / COPIES;
  }

  try {
    await redis.connect();
    await bytesOf(FULL); // the tables of keys have grown
    const one = await bytesOf({ messages: 1, interimsEach: 0, suggestions: 0 });
    const messages = await bytesOf({ ...FULL, interimsEach: 0, suggestions: 0 });
    const suggestions = await bytesOf({ ...FULL, interimsEach: 0 });
    const full = await bytesOf(FULL);
    const remainder = await bytesOf(FULL, async ({ log: stream, interimIds, olderInterimIds, interim }) => {
      await redis.del(stream, interimIds, olderInterimIds, interim);
    });

    const names = Array.from({ length: CONVERSATIONS }, name);
    const micros = { interim: [] as number[], message: [] as number[], suggestion: [] as number[] };
    const attributes = { participant_id: PARTICIPANT, message_id: 'utterance-1' };
    const make = {
      interim: (index: number) => eventOf(INTERIM_KIND, interimOf(at(index)), { attributes }),
      message: (index: number) => eventOf('new-message-event', publishedMessage(at(index))),
      suggestion: (index: number) => eventOf('human-agent-assistant-event', suggestionOf(at(index))),
    };
    const at = (index: number) => names[index % names.length] ?? name();
    for (let round = 0; round < rounds; round++) {
      // Finals end the utterance of the interim transcripts, so each round has conversations of its own.
      for (const index of names.keys()) names[index] = name();
      for (const kind of ['interim', 'message', 'suggestion'] as const) {
        const events = Array.from({ length: EVENTS }, (_, index) => make[kind](index));
        const before = await cpu(redis);
        await appendAll(log, events, AT_ONCE);
        micros[kind].push(((await cpu(redis)) - before) / EVENTS);
      }
    }
    const smallest = (figures: readonly number[]) => round(Math.min(...figures));
    return {
      interimMicros: smallest(micros.interim),
      messageMicros: smallest(micros.message),
      suggestionMicros: smallest(micros.suggestion),
      conversationBytes: Math.round(one),
      messageBytes: Math.round((messages - one) / (FULL.messages - 1)),
      suggestionBytes: Math.round((suggestions - messages) / FULL.suggestions),
      interimIdsBytes: Math.round(full - suggestions),
      remainderBytes: Math.round(remainder),
    };
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

/** Processor time of the server so far, in microseconds. */
export async function cpu(redis: RedisNode): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6;
}

export const round = (value: number): number => Math.round(value * 10) / 10;
