import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import { type Finding, fault, note, ok } from '../doctor/finding.ts';
import type { DeadLetters } from './dead-letters.ts';
import { judgeFunctions } from './judge-functions.ts';
import { judgePublished } from './judge-published.ts';
import type { GoogleView } from './look-at-google.ts';
import { plural } from './words.ts';

/** The checks of these findings. */
export const LETTERS = 'dead letters';
export const GOOGLE = 'Google Cloud';

/** What Google Cloud says of the conversation's events on their way to Redis. */
export function judgeGoogle(
  { log }: TraceReport,
  { published, functions }: Pick<GoogleView, 'published' | 'functions'>,
  now: number,
): Finding[] {
  const found: Finding[] = [];
  if (published.state === 'seen') found.push(...judgePublished(published));
  if (functions.state === 'seen') found.push(...judgeFunctions(functions, log.epoch !== '', now));
  if (found.length === 0 && published.state === 'seen' && functions.state === 'seen')
    found.push(ok(GOOGLE, 'the profile publishes to the functions, and they drop nothing'));
  return found;
}

/** What was not looked at, so that nobody takes silence for health. */
export function judgeUnseen({
  published,
  functions,
}: Pick<GoogleView, 'published' | 'functions'>): Finding[] {
  const unseen = [
    ...(published.state === 'seen' ? [] : [{ what: 'the profile', reason: published.reason }]),
    ...(functions.state === 'seen' ? [] : [{ what: 'the log of the functions', reason: functions.reason }]),
  ];
  if (unseen.length === 0) return [];
  const reasons = [...new Set(unseen.map(({ reason }) => reason))].join('; ');
  const what = unseen.map((each) => each.what).join(' and ');
  return [
    note(
      GOOGLE,
      `not looked at ${what}: ${reasons}`,
      'run the trace where npm run doctor works, which needs the same',
    ),
  ];
}

export function judgeLetters(conversation: string, letters: DeadLetters): Finding[] {
  const list = `npm run replay-dead-letters -- list --conversation ${conversation}`;
  if (letters.state === 'skipped') return [note(LETTERS, `not looked at: ${letters.reason}`, list)];
  const { count, faults, isCut } = letters;
  if (count === 0) return [ok(LETTERS, `none names the conversation${isCut ? ' among the first 1000' : ''}`)];
  const why = faults.length === 0 ? '' : `; a function drops them: ${faults.join(', ')}`;
  return [fault(LETTERS, `${plural(count, 'event')} could not be delivered${why}`, list)];
}
