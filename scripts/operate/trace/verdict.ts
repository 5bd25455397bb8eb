// The verdict on one conversation, pure: findings with their remedies, from what the relays, Redis and Google Cloud have
// reported. What causes others comes first.
import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import type { Finding } from '../doctor/finding.ts';
import type { DeadLetters } from './dead-letters.ts';
import { judgeClocks } from './judge-clocks.ts';
import { judgeDesktops, SEE_REFUSALS } from './judge-desktops.ts';
import { judgeEvents } from './judge-events.ts';
import { GOOGLE, judgeGoogle, judgeLetters, judgeUnseen, LETTERS } from './judge-google.ts';
import { judgeRefusals, REFUSALS } from './judge-refusals.ts';
import { judgeRedis, judgeRelays } from './judge-relays.ts';
import type { GoogleView } from './look-at-google.ts';
import { plural, printable } from './words.ts';

/**
 * @param letters undefined where nobody looks for dead letters.
 * @param google undefined where nobody asks Google Cloud.
 */
export function judge(
  report: TraceReport,
  letters?: DeadLetters,
  google?: Pick<GoogleView, 'published' | 'functions'>,
): Finding[] {
  const now = report.reports[0]?.at ?? Date.now();
  return [
    ...judgeRedis(report),
    ...judgeRelays(report, now),
    ...(google === undefined ? [] : judgeGoogle(report, google, now)),
    ...judgeEvents(report, now),
    ...judgeDesktops(report, now),
    ...judgeRefusals(report, now),
    ...judgeClocks(report),
    ...(letters === undefined ? [] : judgeLetters(report.conversation, letters)),
    ...(google === undefined ? [] : judgeUnseen(google)),
  ].map((finding) => ({ ...finding, detail: printable(finding.detail) }));
}

/** Notes that say nothing of the conversation. */
const NOT_OF_THE_CALL = [LETTERS, GOOGLE];

/** The last line of a trace: what to do first. */
export function lastLine(findings: readonly Finding[]): string {
  const faults = findings.filter(({ state }) => state === 'fault');
  const notes = findings.filter(({ state, check }) => state === 'note' && !NOT_OF_THE_CALL.includes(check));
  const first = faults[0] ?? notes[0];
  if (first === undefined) return 'healthy';
  const refusal = findings.find(({ check }) => check === REFUSALS);
  const cause = first.remedy === SEE_REFUSALS && refusal !== undefined ? refusal : first;
  const count = faults.length === 0 ? 'no fault' : plural(faults.length, 'fault');
  return `${count}, ${plural(notes.length, 'note')}. First: ${cause.remedy}`;
}
