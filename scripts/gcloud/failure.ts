// What a failed gcloud call means for the next move. gcloud has one exit code for all, so its message must tell.
import type { ExecResult } from './exec.ts';
import type { Argv } from './step.ts';

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

/**
 * What Google itself asks to try again later, with the pauses between the attempts. Sources: the message of an API that was
 * just enabled ("wait a few minutes for the action to propagate"); IAM, "Create service accounts" ("you might need to wait
 * for 60 seconds or more"); Eventarc, "Troubleshoot issues", "Permission denied" ("it may take a few minutes").
 */
const SLOW: readonly (readonly [RegExp, readonly number[]])[] = [
  [/Eventarc Service Agent/, [10_000, 20_000, 30_000, 60_000, 60_000, 60_000, 60_000]],
  [/SERVICE_DISABLED|has not been used in project/, [5_000, 15_000, 30_000, 60_000, 60_000]],
  [/[Ss]ervice account \S+ does not exist/, [5_000, 10_000, 15_000, 30_000, 60_000]],
];

/** A new account is not known everywhere at once. Read only of accounts that this run has made. */
const NOT_KNOWN_YET = /NOT_FOUND|Unknown service account|\(or it may not exist\)/;

const PATTERNS: readonly (readonly [FailureKind, RegExp])[] = [
  ...SLOW.map(([pattern]) => ['transient', pattern] as const),
  // Google's answer for a region that does not exist, which no permission mends.
  ['permanent', /Permission denied on 'locations\//],
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

const TRANSIENT_PAUSES_MS: readonly number[] = [2_000, 5_000, 15_000, 30_000];
const NEW_ACCOUNT_PAUSES_MS: readonly number[] = [5_000, 10_000, 15_000, 30_000, 60_000];

/** Pauses before each further attempt at what failed so. Their sum is how long it is tried. */
export function pausesAfter({ stderr }: ExecResult): readonly number[] {
  const [, slow] = SLOW.find(([pattern]) => pattern.test(stderr)) ?? [];
  return slow ?? (NOT_KNOWN_YET.test(stderr) ? NEW_ACCOUNT_PAUSES_MS : TRANSIENT_PAUSES_MS);
}

/**
 * Whether a command failed because Google does not know an account everywhere that was made a moment ago. Source: IAM,
 * "Create service accounts": reads are eventually consistent.
 *
 * @param accounts Addresses of the accounts that this run has made.
 */
export function isTooNew(argv: Argv, { stderr }: ExecResult, accounts: ReadonlySet<string>): boolean {
  const names = (text: string) => [...accounts].some((email) => text.includes(email));
  return NOT_KNOWN_YET.test(stderr) && (names(stderr) || argv.some(names));
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
