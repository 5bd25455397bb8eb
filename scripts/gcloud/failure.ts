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

/** An HTTP status as gcloud writes it: `HTTPError 503:`, `status=[503]`, `"code": 503`. A number alone may be part of a name. */
const status = (numbers: string) => `(?:HTTP ?Error|HTTP|status|code)[^\\w\\n]{0,4}(?:${numbers})\\b`;

const PATTERNS: readonly (readonly [FailureKind, RegExp])[] = [
  // An API takes a minute to be enabled everywhere, and a new account as long to be known everywhere.
  ['transient', /SERVICE_DISABLED|has not been used in project|[Ss]ervice account \S+ does not exist/],
  [
    'transient',
    new RegExp(
      `RESOURCE_EXHAUSTED|UNAVAILABLE|DEADLINE_EXCEEDED|ABORTED|${status('429|500|502|503|504')}|` +
        '[Tt]oo [Mm]any [Rr]equests|timed? ?out|concurrent policy changes|[Cc]onnection (?:reset|refused|aborted)',
    ),
  ],
  ['exists', new RegExp(`ALREADY_EXISTS|already exists|${status('409')}`)],
  [
    'forbidden',
    new RegExp(
      `PERMISSION_DENIED|does not have permission|permission .*denied|forbidden|${status('403')}`,
      'i',
    ),
  ],
  [
    'missing',
    new RegExp(`NOT_FOUND|not found|does not exist|[Cc]annot find|could not be found|${status('404')}`),
  ],
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

/** The user was asked before something new was made, and said no. */
export class DeclinedError extends Error {
  override readonly name = 'DeclinedError';
}

/** The user, or a build service, asked to stop. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}
