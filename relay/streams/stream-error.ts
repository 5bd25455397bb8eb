import type { RefusalReason } from '../refusals/reasons.ts';

/** The codes that a desktop may be told. Source: google.rpc.Code. */
export const STREAM_CODE = {
  /** What the desktop asks for cannot be done. */
  invalidArgument: 3,
  /** The desktop, or the relay's service account, may not do it. */
  permissionDenied: 7,
  /** Too many streams, too much data, or the quota of the project is used up. */
  resourceExhausted: 8,
  /** A fault of Dialogflow's or of the relay's. */
  internal: 13,
  /** Dialogflow cannot be used right now, or the stream has ended before its time: another stream may work. */
  unavailable: 14,
  /** The desktop's token has expired. Never of the relay's own credentials, which no desktop can renew. */
  unauthenticated: 16,
} as const;

export type StreamCode = (typeof STREAM_CODE)[keyof typeof STREAM_CODE];

/** What a code means where it is the relay that refuses. */
const REASONS: Partial<Record<StreamCode, RefusalReason>> = {
  [STREAM_CODE.invalidArgument]: 'stream-malformed',
  [STREAM_CODE.resourceExhausted]: 'limit-streams',
  [STREAM_CODE.unauthenticated]: 'token-expired',
};

/**
 * Why a stream has ended. The message goes to the desktop: fixed words, nothing of any request or answer. A `cause` is an
 * error of the relay's own, which belongs into the log.
 */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly code: StreamCode;
  /** Why a request was refused; undefined for what only failed. */
  readonly reason: RefusalReason | undefined;

  constructor(
    code: StreamCode,
    message: string,
    { reason = REASONS[code], ...options }: ErrorOptions & { reason?: RefusalReason } = {},
  ) {
    super(message, options);
    this.code = code;
    this.reason = reason;
  }
}

/** For an error of the relay's own. */
export function internalError(cause: unknown): StreamError {
  return new StreamError(STREAM_CODE.internal, 'the relay has an internal error', { cause });
}

/** For a stream on a connection that the relay closes. */
export function closingSoon(): StreamError {
  const message = 'the connection is going to be closed: open the stream on another';
  return new StreamError(STREAM_CODE.unavailable, message);
}
