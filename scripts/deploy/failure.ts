// What a failed gcloud call means for the next move. gcloud has one exit code for all, so its message must tell.
import type { ExecResult } from './exec.ts';

export type FailureKind =
  /** What was read does not exist. */
  | 'missing'
  /** What was to be made exists, perhaps unfinished. */
  | 'exists'
  /** The same call may succeed later. */
  | 'transient'
  /** A permission is missing. */
  | 'forbidden'
  /** Nothing but a change by a human helps. */
  | 'permanent';

const PATTERNS: readonly (readonly [FailureKind, RegExp])[] = [
  // An API takes a minute to be enabled everywhere, and a new account as long to be known everywhere.
  ['transient', /SERVICE_DISABLED|has not been used in project|[Ss]ervice account \S+ does not exist/],
  [
    'transient',
    /RESOURCE_EXHAUSTED|UNAVAILABLE|DEADLINE_EXCEEDED|ABORTED|\b(?:429|500|502|503|504)\b|[Tt]oo [Mm]any [Rr]equests|timed? ?out|concurrent policy changes|[Cc]onnection (?:reset|refused|aborted)/,
  ],
  ['exists', /ALREADY_EXISTS|already exists|\b409\b/],
  ['forbidden', /PERMISSION_DENIED|does not have permission|[Pp]ermission .*denied|\b403\b|forbidden/i],
  ['missing', /NOT_FOUND|not found|does not exist|[Cc]annot find|could not be found|\b404\b/],
];

export function failureKind(result: ExecResult): FailureKind {
  if (result.code === undefined) return 'transient';
  return PATTERNS.find(([, pattern]) => pattern.test(result.stderr))?.[0] ?? 'permanent';
}

/** A task did not succeed. The message has gcloud's own words and what to do; never what went in or came out. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The user, or a build service, asked to stop. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}
