import type { EventFault } from '../../../shared/errors.ts';
import { type Finding, fault, note } from '../doctor/finding.ts';
import type { FunctionLogs, Untaken } from './function-logs.ts';
import { plural, span } from './words.ts';

const PUBLISHER = 'Dialogflow does not publish this: look at who may publish to the topic';
const JSON_FORMAT =
  'npm run deploy -- --only profile sets message_format to JSON; a profile of your own needs it, too';

/** What to do about each fault for which a function drops an event. */
const FAULT_REMEDIES: Readonly<Record<EventFault, string>> = {
  'no-message': 'gcloud pubsub subscriptions update SUBSCRIPTION --clear-push-no-wrapper-config',
  'no-data': PUBLISHER,
  'too-large': 'a larger EVENT_MAX_BYTES, then npm run deploy -- --only functions',
  'not-base64': PUBLISHER,
  protobuf: JSON_FORMAT,
  'not-json': JSON_FORMAT,
  'no-conversation': PUBLISHER,
  'not-a-conversation-name': PUBLISHER,
  'other-project':
    "a profile of another project publishes to this project's topics: point it at topics of its own, or set GCP_PROJECT_ID to that project and deploy",
};

/** What to do where Redis did not take an event, by the first word of its answer. */
const REDIS_REMEDIES: Readonly<Record<string, string>> = {
  OOM: 'Redis is full: a larger REDIS_SIZE_GB, then npm run deploy -- --only redis',
  READONLY: 'Redis is read-only: see the finding on Redis',
  NOREPLICAS: 'Redis lacks replicas: see the finding on Redis',
  NOPERM: 'the Redis user of the functions lacks a permission: see docs/delivery.md, Permissions',
};

/** @param hasEvents Whether the log of the conversation has events: those that were dropped may then be of others. */
export function judgeFunctions({ untaken, isCut }: FunctionLogs, hasEvents: boolean, now: number): Finding[] {
  const groups = Map.groupBy(untaken, ({ fault: code, redisCode }) => `${code} ${redisCode}`);
  return [...groups.values()].map((group) => {
    const { fault: code = '', redisCode = '' } = group[0] ?? {};
    const remedy =
      code === ''
        ? (REDIS_REMEDIES[redisCode] ?? 'the log of the functions has the reason: "event not taken"')
        : (FAULT_REMEDIES[code as EventFault] ?? 'the log of the functions has the reason: "event dropped"');
    return (hasEvents ? note : fault)('functions', detailOf(group, isCut, now), remedy);
  });
}

function detailOf(group: readonly Untaken[], isCut: boolean, now: number): string {
  const [{ fault: code, redisCode } = { fault: '', redisCode: '' }] = group;
  const kinds = [...new Set(group.map(({ kind }) => kind))].join(', ');
  const count = `${isCut ? 'at least ' : ''}${plural(group.length, 'event')}`;
  const last = span(now - Math.max(...group.map(({ at }) => at)));
  const what =
    code === ''
      ? `could not append ${count} (${redisCode === '' ? 'Redis did not answer' : `Redis: ${redisCode}`}), and Pub/Sub delivers again`
      : `dropped ${count} as ${code}`;
  return `in the last hour functions ${what}: ${kinds}, the last ${last} ago, of this conversation or others`;
}
