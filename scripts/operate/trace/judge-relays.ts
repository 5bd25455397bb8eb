import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import { type Finding, fault, note, ok } from '../doctor/finding.ts';
import { plural, span } from './words.ts';

const LOGS = 'run it again; if it stays so, look at the log of the relays, and start them again';
const CUT_OFF =
  'see that the relay reaches Redis (a firewall, a proxy, a limit of connections), then start it again. Meanwhile its desktops read the log every 30 s';

const NO_WRITES = 'takes no writes, so functions append nothing and Pub/Sub keeps the events';

const REDIS_FAULTS: Readonly<Record<string, readonly [detail: string, remedy: string]>> = {
  full: [
    `${NO_WRITES}: it is full`,
    'a larger REDIS_SIZE_GB, then npm run deploy -- --only redis; after an hour also npm run replay-dead-letters -- inject',
  ],
  'read-only': [
    `${NO_WRITES}: it is read-only, because it is a replica`,
    'nothing, while it fails over; after a minute look at the state of the Redis instance, or point REDIS_HOST at the primary',
  ],
  'no-replicas': [
    `${NO_WRITES}: it has fewer replicas than its min-replicas-to-write`,
    'bring the replicas of the Redis instance back, or set its min-replicas-to-write to 0',
  ],
  unreachable: [
    'does not answer',
    'look at the state of the Redis instance, and at the network of the relay: npm run doctor',
  ],
};

export function judgeRedis({ reports }: TraceReport): Finding[] {
  const met = new Set(reports.map(({ redisFault }) => redisFault).filter((each) => each !== ''));
  return [...met].map((each) => {
    const [detail, remedy] = REDIS_FAULTS[each] ?? [
      'takes no writes',
      'the log of the relay has the reason: "Redis takes no writes"',
    ];
    return fault('Redis', detail, remedy);
  });
}

/** Which relays do not hear the others. */
export function judgeRelays({ reports, missing, isHeard, log }: TraceReport, now: number): Finding[] {
  const found: Finding[] = [];
  const names = reports.map(({ relay }) => relay);
  if (!isHeard)
    found.push(
      fault(
        'relays',
        `this relay hears nothing over Redis pub/sub: its desktops get events late, and no other relay is listed (${short(names[0])})`,
        CUT_OFF,
      ),
    );
  else if (missing > 0)
    found.push(
      fault(
        'relays',
        `${plural(missing, 'relay')} did not answer in time: its desktops are not listed`,
        LOGS,
      ),
    );
  else found.push(...judgeCutOff(log.seenRelays, names, now));
  if (isHeard && missing === 0 && found.length === 0 && log.presence !== '' && !names.includes(log.presence))
    found.push(
      note(
        'relays',
        'a relay had a desktop in the conversation in the last 90 s, and does not answer',
        'nothing, if a relay was just replaced; else look at the log of the relays',
      ),
    );
  if (found.length === 0)
    found.push(ok('relays', `${plural(reports.length, 'relay')} answered, all that run`));
  return found;
}

/** Relays that write to Redis and were not reached by the question. */
function judgeCutOff(
  seen: TraceReport['log']['seenRelays'],
  names: readonly string[],
  now: number,
): Finding[] {
  return seen
    .filter(({ relay }) => !names.includes(relay))
    .map(({ relay, seenAt }) =>
      fault(
        'relays',
        `relay ${short(relay)} has desktops and does not hear Redis pub/sub, or it ended without a word: it last wrote ${span(now - seenAt)} ago`,
        CUT_OFF,
      ),
    );
}

const short = (relay = '') => relay.slice(0, 8);
