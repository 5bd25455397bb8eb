// What a conversation costs in Redis: plays calls into the event log of an empty Redis and asks MEMORY USAGE (every
// element counted) of each of their keys. `node bench/conversation-memory.ts`; prints Markdown.
import { markdownTable } from '../scripts/cli/table.ts';
import { startRedis } from '../scripts/local/redis-server.ts';
import type { ShortName } from '../shared/conversation-name.ts';
import { decodeEvent, type EventKind, INTERIM_KIND } from '../shared/event.ts';
import { conversationKeys } from '../shared/keys.ts';
import { createRedis } from '../shared/redis.ts';
import { createEventLog } from '../shared/stream/event-log.ts';
import { conversationName, PROJECT, publishedMessage } from './event-source.ts';

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
let messages = 0n;

try {
  const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1];
  console.log(`Redis ${version}, a JSON text of ${sizeOf(message)} bytes a message, ${sizeOf(suggestion)} a`);
  console.log(`suggestion, ${sizeOf(interim)} an interim transcript.\n`);
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
      append(INTERIM_KIND, interim(name), {
        participant_id: 'Hc7vN2pLQ8-rT5xYb1ZkEw',
        message_id: utterance,
      }),
    );
    await Promise.all(said);
    await append('new-message-event', message(name).replace('Yk3uD0qXRv-5bN8fGw1sTA', utterance));
    for (; suggested < ((n + 1) * call.suggestions) / call.messages; suggested++) {
      await append('human-agent-assistant-event', suggestion(name));
    }
  }
}

async function append(kind: EventKind, data: string, attributes = {}): Promise<void> {
  const event = decodeEvent(
    kind,
    {
      data: Buffer.from(data).toString('base64'),
      attributes,
      messageId: String(11_873_204_520_761_323n + messages++),
      publishTime: '2026-03-12T09:15:41.455Z',
    },
    { project: { id: PROJECT }, maxBytes: 1024 * 1024, now: new Date(), fallback: {} },
  );
  await log.append(event);
}

function message(name: ShortName): string {
  return publishedMessage(name);
}

function interim(name: ShortName): string {
  return JSON.stringify({
    conversation: name.replace('/conversations', '/locations/global/conversations'),
    type: 'NEW_RECOGNITION_RESULT',
    newRecognitionResultPayload: {
      messageType: 'TRANSCRIPT',
      transcript: 'my parcel was due on monday and the tracking page still says',
      stability: 0.9,
      speechEndOffset: '3.2s',
      languageCode: 'en-GB',
    },
  });
}

/** As long as a knowledge answer with two sources. */
function suggestion(name: ShortName): string {
  const withLocation = name.replace('/conversations', '/locations/global/conversations');
  const source = (n: number) => ({
    title: `Parcels that do not move, part ${n}`,
    uri: `https://help.example/parcels/${n}`,
    text: 'A parcel that was announced and not handed over has no further entries on its tracking page. '.repeat(
      4,
    ),
  });
  return JSON.stringify({
    conversation: withLocation,
    participant: `${withLocation}/participants/Hc7vN2pLQ8-rT5xYb1ZkEw`,
    suggestionResults: [
      {
        suggestKnowledgeAssistResponse: {
          knowledgeAssistAnswer: {
            suggestedQuery: { queryText: 'Why does the tracking page show nothing?' },
            suggestedQueryAnswer: {
              answerText: 'The sender has announced the parcel and the carrier has not got it yet. '.repeat(
                3,
              ),
              generativeSource: { snippets: [source(1), source(2)] },
            },
            answerRecord: `projects/${PROJECT}/locations/global/answerRecords/5f3c2b1a09e8d7c6`,
          },
          latestMessage: `${withLocation}/messages/Yk3uD0qXRv-5bN8fGw1sTA`,
          contextSize: 4,
        },
      },
    ],
  });
}

function sizeOf(make: (name: ShortName) => string): number {
  return Buffer.byteLength(make(conversationName(0)));
}

async function usedMemory(): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}
