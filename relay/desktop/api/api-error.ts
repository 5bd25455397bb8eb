/**
 * What went wrong, by what an agent can do about it:
 * - `offline`: the relay did not answer; `timeout`: it or Dialogflow took too long.
 * - `signed-out`: the relay does not accept the token, and gives no other.
 * - `not-allowed`: the agent may not do this; `other-project`: the relay serves another project.
 * - `relay-not-allowed`: Dialogflow refuses the relay's service account.
 * - `no-location`: the conversation's name lacks the location that Dialogflow needs.
 * - `ended`: Dialogflow does not allow this in the conversation's present state.
 * - `too-many`: the agent's own limit; `quota`: one that agents share.
 * - `unavailable`: the relay or Dialogflow cannot be used right now; `fault`: an internal error of either.
 */
export type ApiErrorKind =
  | 'offline'
  | 'timeout'
  | 'signed-out'
  | 'not-allowed'
  | 'other-project'
  | 'relay-not-allowed'
  | 'no-location'
  | 'not-found'
  | 'ended'
  | 'invalid'
  | 'too-large'
  | 'too-many'
  | 'quota'
  | 'unavailable'
  | 'fault';

export interface ApiErrorDetails {
  /** The HTTP status, 0 without an answer. */
  status?: number;
  /** Before this time another call is refused, too; milliseconds since 1970. */
  retryAt?: number | undefined;
  /** What the server said. It is shown as text. */
  detail?: string | undefined;
  cause?: unknown;
}

/** A call of the page that failed. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly kind: ApiErrorKind;
  readonly status: number;
  readonly retryAt: number | undefined;
  readonly detail: string | undefined;

  constructor(kind: ApiErrorKind, { status = 0, retryAt, detail, cause }: ApiErrorDetails = {}) {
    super(`${kind}${status === 0 ? '' : ` (HTTP ${status})`}`, { cause });
    this.kind = kind;
    this.status = status;
    this.retryAt = retryAt;
    this.detail = detail;
  }
}

/** An answer that is no success. */
export interface FailedAnswer {
  status: number;
  /** The header `Retry-After`. */
  retryAfter: string | null;
  /** Parsed JSON, undefined for anything else. */
  body: unknown;
}

/** @param now milliseconds since 1970. */
export function apiErrorOf({ status, retryAfter, body }: FailedAnswer, now: number): ApiError {
  const { google, relay } = wordsOf(body);
  return new ApiError(kindOf(status, google, relay), {
    status,
    retryAt: retryTime(retryAfter, now),
    detail: google?.message ?? relay,
  });
}

/** What `Retry-After` says, in seconds or as a date; at least a second from now, so that nobody waits for nothing. */
export function retryTime(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const time = /^\d+$/.test(header.trim()) ? now + Number(header) * 1_000 : Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.max(time, now + 1_000);
}

interface GoogleError {
  status: string;
  message: string | undefined;
}

/** The relay's own refusals have `message`; Dialogflow's, and those of the relay's proxy, have `error`. */
function wordsOf(body: unknown): { google?: GoogleError; relay?: string } {
  if (typeof body !== 'object' || body === null) return {};
  if ('error' in body && typeof body.error === 'object' && body.error !== null) {
    const { status, message } = body.error as Record<string, unknown>;
    return { google: { status: textOf(status) ?? '', message: textOf(message) } };
  }
  const relay = 'message' in body ? textOf(body.message) : undefined;
  return relay === undefined ? {} : { relay };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The beginning of what the relay says where agents share a quota. */
const SHARED_QUOTA = 'The quota of ';
const OTHER_PROJECT = 'the resource belongs to another project';

function kindOf(status: number, google: GoogleError | undefined, relay: string | undefined): ApiErrorKind {
  switch (status) {
    case 400:
      return google?.status === 'FAILED_PRECONDITION' ? 'ended' : 'invalid';
    case 401:
      // In Google's shape it is Dialogflow that speaks, and means the relay's credentials.
      return google ? 'relay-not-allowed' : 'signed-out';
    case 403:
      if (!google) return 'not-allowed';
      return google.message === OTHER_PROJECT ? 'other-project' : 'relay-not-allowed';
    case 404:
      return 'not-found';
    case 408:
    case 504:
      return 'timeout';
    case 413:
      return 'too-large';
    case 429:
      return google || relay?.startsWith(SHARED_QUOTA) ? 'quota' : 'too-many';
    case 502:
    case 503:
      return 'unavailable';
    default:
      return status >= 500 ? 'fault' : 'invalid';
  }
}
