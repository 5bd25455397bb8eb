// The verdict on one conversation, pure: findings with their remedies, from what the relays and Redis have reported.
import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import { type Finding, fault, note, ok } from '../doctor/finding.ts';
import type { DeadLetters } from './dead-letters.ts';
import { judgeDesktops } from './judge-desktops.ts';
import { judgeEvents } from './judge-events.ts';
import { judgeRefusals } from './judge-refusals.ts';
import { plural } from './words.ts';

const LOGS = 'run it again; if it stays so, look at the log of the relays, and start them again';

const REDIS_REMEDIES: Readonly<Record<string, string>> = {
  full: 'a larger REDIS_SIZE_GB, or a smaller HISTORY_SIZE, and deploy',
  'read-only': 'nothing, while it fails over; if it stays so, look at the state of the Redis instance',
  unreachable: 'look at the state of the Redis instance, and at the network of the relay: npm run doctor',
};

/** @param letters undefined where nobody looks for dead letters. */
export function judge(report: TraceReport, letters?: DeadLetters): Finding[] {
  const now = report.reports[0]?.at ?? Date.now();
  return [
    ...judgeRedis(report),
    ...judgeRelays(report),
    ...judgeEvents(report, now),
    ...judgeDesktops(report, now),
    ...judgeRefusals(report, now),
    ...judgeLetters(report.conversation, letters),
  ];
}

function judgeRedis({ reports }: TraceReport): Finding[] {
  const met = new Set(reports.map(({ redisFault }) => redisFault).filter((each) => each !== ''));
  return [...met].map((each) =>
    fault('Redis', `takes no writes or does not answer: ${each}`, REDIS_REMEDIES[each] ?? LOGS),
  );
}

function judgeRelays({ reports, missing, isHeard, log }: TraceReport): Finding[] {
  const found: Finding[] = [];
  const names = reports.map(({ relay }) => relay);
  if (!isHeard)
    found.push(
      fault('relays', 'this relay hears nothing over Redis pub/sub: its desktops get events late', LOGS),
    );
  if (missing > 0)
    found.push(
      fault(
        'relays',
        `${plural(missing, 'relay')} did not answer in time: its desktops are not listed`,
        LOGS,
      ),
    );
  else if (log.presence !== '' && !names.includes(log.presence))
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

function judgeLetters(conversation: string, letters: DeadLetters | undefined): Finding[] {
  if (letters === undefined) return [];
  const list = `npm run replay-dead-letters -- list --conversation ${conversation}`;
  if (letters.state === 'skipped') return [note('dead letters', `not looked at: ${letters.reason}`, list)];
  const { count, faults, isCut } = letters;
  if (count === 0)
    return [ok('dead letters', `none names the conversation${isCut ? ' among the first 1000' : ''}`)];
  const why = faults.length === 0 ? '' : `; a function drops them: ${faults.join(', ')}`;
  return [fault('dead letters', `${plural(count, 'event')} could not be delivered${why}`, list)];
}
