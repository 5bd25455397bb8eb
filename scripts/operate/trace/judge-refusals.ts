import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import type { RefusalReport } from '../../../relay/trace/relay-report.ts';
import { type Finding, fault, note } from '../doctor/finding.ts';
import { inWords, remedyFor } from './trace-remedies.ts';
import { plural, span } from './words.ts';

/** For how long a request that Dialogflow did not take is a fault, in milliseconds. */
const DIALOGFLOW_RECENT_MS = 600_000;

/** The check of these findings. */
export const REFUSALS = 'refusals';

/** What was refused in the last hour that may be why a desktop shows nothing. */
export function judgeRefusals({ conversation, reports }: TraceReport, now: number): Finding[] {
  const joined = new Set(reports.flatMap(({ desktops }) => desktops.map(({ sub }) => sub)));
  const visits = reports.flatMap((each) => each.visits);
  const wasLetIn = ({ sub, lastAt }: RefusalReport) =>
    joined.has(sub) || visits.some((each) => each.sub === sub && (each.joinedAt ?? 0) > lastAt);
  const isEmpty = joined.size === 0;
  return united(reports.flatMap(({ refusals }) => refusals))
    .filter(({ sub, conversation: about }) => isEmpty || sub !== '' || about === conversation)
    .map((refusal) => {
      const isOfThis = refusal.conversation === conversation;
      const isWhy =
        isOfThis &&
        (refusal.refused === 'dialogflow'
          ? now - refusal.lastAt < DIALOGFLOW_RECENT_MS
          : refusal.refused === 'join' && !wasLetIn(refusal));
      return (isWhy ? fault : note)(REFUSALS, detailOf(refusal, conversation, now), remedyFor(refusal));
    });
}

function detailOf(
  { sub, refused, outcome, count, lastAt, ...rest }: RefusalReport,
  name: string,
  now: number,
) {
  const place = rest.from ? ` at ${rest.from}` : '';
  const who = sub === '' ? `somebody unknown${place}` : `agent ${sub}`;
  const about = rest.conversation === '' || rest.conversation === name ? '' : ` of ${rest.conversation}`;
  const what = refused === 'dialogflow' ? `a request to Dialogflow (${rest.route})` : refused;
  const often = count === 1 ? '' : `${plural(count, 'time')}, the last `;
  return `${what}${about} was refused to ${who} (${often}${span(now - lastAt)} ago): ${inWords(outcome)}`;
}

/** One entry for what several relays have refused alike, the latest first. */
function united(refusals: readonly RefusalReport[]): RefusalReport[] {
  const found = new Map<string, RefusalReport>();
  for (const refusal of refusals) {
    const key = [refusal.refused, refusal.sub, refusal.conversation, refusal.outcome].join('\n');
    const same = found.get(key);
    const sum = same && {
      ...(same.lastAt > refusal.lastAt ? same : refusal),
      count: same.count + refusal.count,
      firstAt: Math.min(same.firstAt, refusal.firstAt),
    };
    found.set(key, sum ?? refusal);
  }
  return [...found.values()].toSorted((one, other) => other.lastAt - one.lastAt);
}
