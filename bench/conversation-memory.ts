// What a conversation costs in Redis: plays calls into the event log of an empty Redis and asks MEMORY USAGE (every
// element counted) of each of their keys. `node bench/conversation-memory.ts`; prints Markdown.
import { markdownTable } from '../scripts/cli/table.ts';
import { startRedis } from '../scripts/local/redis-server.ts';
import type { ShortName } from '../shared/conversation-name.ts';
import { type EventKind, INTERIM_KIND } from '../shared/event.ts';
import { conversationKeys } from '../shared/keys.ts';
import { createRedis } from '../shared/redis.ts';
import { createEventLog } from '../shared/stream/event-log.ts';
import { eventOf, interimOf, PARTICIPANT, suggestionOf } from './call-events.ts';
import { conversationName, publishedMessage } from './event-source.ts';

interface Call {
  title: string;
  /** Utterances, each with its interim transcripts and one message at its end. */
  messages: number;
  interimsEach: number;
  suggestions: number;
}

const CALLS: Call[] = [
  { title: 'a call of ten minutes', messages: 120, interimsEach: 25, suggestions: 60 },
  { title: 'the same without suggestions', messages: 120, interimsEach: 25, suggestions: 0 },
  { title: 'HISTORY_SIZE=1000 reached', messages: 1_000, interimsEach: 25, suggestions: 500 },
];
/** Of each call, so that what Redis takes as a whole can be divided by them. */
const COPIES = 10;
const HEADS = [
  '',
  'events retained',
  'interim transcripts',
  'log, KiB',
  'ids and the rest, KiB',
  'in all, KiB',
  'KiB an event',
  'used_memory, KiB',
];
const HISTORY = { historySize: 1_000, historyTtlSeconds: 86_400 };

const server = await startRedis();
const redis = createRedis({
  redisHost: server.host,
  redisPort: server.port,
  redisAuth: undefined,
  redisTlsCa: undefined,
});
const log = createEventLog(redis, HISTORY);
let conversations = 0;

try {
  const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1];
  console.log(
    `Redis ${version}, a JSON text of ${sizeOf(publishedMessage)} bytes a message, ${sizeOf(suggestionOf)} a`,
  );
  console.log(`suggestion, ${sizeOf(interimOf)} an interim transcript.\n`);
  const rows: string[][] = [];
  for (const call of CALLS) rows.push(await measure(call));
  console.log(markdownTable(HEADS, rows));
} finally {
  redis.disconnect();
  await server.stop();
}

async function measure(call: Call): Promise<string[]> {
  const usedBefore = await usedMemory();
  const names = Array.from({ length: COPIES }, () => conversationName(conversations++));
  for (const name of names) await play(name, call);
  const used = ((await usedMemory()) - usedBefore) / COPIES;
  const { channel: _, ...keys } = conversationKeys(names[0] ?? conversationName(0));
  const sizes = new Map<string, number>();
  for (const [part, key] of Object.entries(keys)) {
    sizes.set(part, Number((await redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '0')) ?? 0));
  }
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const logSize = sizes.get('log') ?? 0;
  const retained = await redis.xlen(keys.log);
  return [
    call.title,
    retained.toLocaleString('en'),
    (call.messages * call.interimsEach).toLocaleString('en'),
    ...[logSize, all - logSize, all, all / retained, used].map((bytes) => (bytes / 1024).toFixed(1)),
  ];
}

async function play(name: ShortName, call: Call): Promise<void> {
  let suggested = 0;
  for (let n = 0; n < call.messages; n++) {
    const utterance = `utterance-${String(n).padStart(12, '0')}`;
    const said = Array.from({ length: call.interimsEach }, () =>
      append(INTERIM_KIND, interimOf(name), {
        participant_id: PARTICIPANT,
        message_id: utterance,
      }),
    );
    await Promise.all(said);
    await append('new-message-event', publishedMessage(name).replace('Yk3uD0qXRv-5bN8fGw1sTA', utterance));
    for (; suggested < ((n + 1) * call.suggestions) / call.messages; suggested++) {
      await append('human-agent-assistant-event', suggestionOf(name));
    }
  }
}

async function append(kind: EventKind, data: string, attributes = {}): Promise<void> {
  await log.append(eventOf(kind, data, { attributes }));
}

function sizeOf(make: (name: ShortName) => string): number {
  return Buffer.byteLength(make(conversationName(0)));
}

async function usedMemory(): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}
