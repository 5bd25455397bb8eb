// Which code and which words stand for a failure of Dialogflow's.
import { errors } from 'undici';
import { CredentialsError } from '../../google/credentials.ts';
import { internalError, STREAM_CODE, type StreamCode, StreamError } from '../stream-error.ts';
import { WebChannelFormatError } from './chunk-parser.ts';

const WORDS: Record<StreamCode, string> = {
  [STREAM_CODE.invalidArgument]: 'Dialogflow refuses the request as invalid',
  [STREAM_CODE.permissionDenied]: 'Dialogflow denies the relay access',
  [STREAM_CODE.resourceExhausted]: "Dialogflow's quota is used up: try again later",
  [STREAM_CODE.internal]: 'Dialogflow has an internal error',
  [STREAM_CODE.unavailable]: 'Dialogflow cannot be reached',
  [STREAM_CODE.unauthenticated]: "Dialogflow refuses the relay's credentials",
};

const UNKNOWN_NAME = 'Dialogflow does not know the participant, its conversation or the answer record';
const WRONG_STATE =
  'Dialogflow refuses the request as things stand: the conversation may be completed, or its profile lacks the feature';

/** What each of google.rpc's codes is for a desktop, with words of its own or without. Source: google/rpc/code.proto. */
const RPC: Readonly<Record<string, readonly [number, StreamCode, words?: string]>> = {
  CANCELLED: [1, STREAM_CODE.unavailable],
  UNKNOWN: [2, STREAM_CODE.internal],
  INVALID_ARGUMENT: [3, STREAM_CODE.invalidArgument],
  DEADLINE_EXCEEDED: [4, STREAM_CODE.unavailable],
  NOT_FOUND: [5, STREAM_CODE.invalidArgument, UNKNOWN_NAME],
  ALREADY_EXISTS: [6, STREAM_CODE.invalidArgument],
  PERMISSION_DENIED: [7, STREAM_CODE.permissionDenied],
  RESOURCE_EXHAUSTED: [8, STREAM_CODE.resourceExhausted],
  FAILED_PRECONDITION: [9, STREAM_CODE.invalidArgument, WRONG_STATE],
  ABORTED: [10, STREAM_CODE.unavailable],
  OUT_OF_RANGE: [11, STREAM_CODE.invalidArgument],
  UNIMPLEMENTED: [12, STREAM_CODE.internal],
  INTERNAL: [13, STREAM_CODE.internal],
  UNAVAILABLE: [14, STREAM_CODE.unavailable],
  DATA_LOSS: [15, STREAM_CODE.internal],
  UNAUTHENTICATED: [16, STREAM_CODE.unauthenticated],
};

/**
 * For an answer with another status than 200.
 *
 * @param isOpen whether the request was one of an open stream. There 400, 404 and 410 mean that the stream is unknown,
 * unless the body is an error of Google's JSON.
 * @param body as much of it as has come.
 */
export function statusFailure(status: number, isOpen: boolean, body: string): StreamError {
  const error = googleErrorIn(body);
  if (error !== undefined) return errorFailure(error);
  if (status >= 300 && status < 400) {
    return new StreamError(STREAM_CODE.unavailable, 'Dialogflow answers with a redirect');
  }
  if (isOpen && (status === 400 || status === 404 || status === 410)) {
    return new StreamError(STREAM_CODE.unavailable, 'Dialogflow no longer knows the stream');
  }
  return failure(ofHttp(status));
}

/** For the `error` of an answer, `{ code, status }`. `code` is one of google.rpc's, or a status of HTTP. */
export function errorFailure(error: unknown): StreamError {
  const { code, status } = Object(error) as { code?: unknown; status?: unknown };
  const named = typeof status === 'string' && Object.hasOwn(RPC, status) ? RPC[status] : undefined;
  const [, told, words] = named ?? Object.values(RPC).find(([number]) => number === code) ?? [];
  if (told !== undefined) return failure(told, words);
  return failure(typeof code === 'number' && code >= 400 ? ofHttp(code) : undefined);
}

/** The `error` of a body in Google's JSON, `{ error: { code, status } }` or a list of it; undefined in any other body. */
function googleErrorIn(body: string): object | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { error } = Object(Array.isArray(value) ? value[0] : value) as { error?: unknown };
  const { code, status } = Object(error) as { code?: unknown; status?: unknown };
  return typeof code === 'number' || typeof status === 'string' ? Object(error) : undefined;
}

/** For whatever else a request runs into. */
export function asStreamError(error: unknown): StreamError {
  if (error instanceof StreamError) return error;
  if (error instanceof WebChannelFormatError) {
    return new StreamError(STREAM_CODE.internal, `Dialogflow's answer cannot be read: ${error.message}`);
  }
  if (error instanceof CredentialsError) {
    return new StreamError(STREAM_CODE.unavailable, 'the relay has no credentials for Dialogflow');
  }
  return isOfConnection(error) ? failure(STREAM_CODE.unavailable) : internalError(error);
}

/** Node's own codes start with `ERR_`. All others are those of the system, of OpenSSL or of undici. */
const CONNECTION_CODES = /^(?:(?!ERR_)|ERR_TLS_|ERR_SSL_|ERR_STREAM_PREMATURE_CLOSE$)/;

/** Whether a connection to Dialogflow failed; else the error is one of the relay's own. */
function isOfConnection(error: unknown): boolean {
  if (error instanceof errors.UndiciError || error instanceof errors.HTTPParserError) return true;
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    CONNECTION_CODES.test(error.code)
  );
}

function ofHttp(status: number): StreamCode {
  if (status === 401) return STREAM_CODE.unauthenticated;
  if (status === 403) return STREAM_CODE.permissionDenied;
  if (status === 429) return STREAM_CODE.resourceExhausted;
  if (status === 408 || status === 499) return STREAM_CODE.unavailable;
  if (status === 502 || status === 503 || status === 504) return STREAM_CODE.unavailable;
  return status >= 400 && status < 500 ? STREAM_CODE.invalidArgument : STREAM_CODE.internal;
}

function failure(code: StreamCode = STREAM_CODE.internal, words = WORDS[code]): StreamError {
  // The desktop's own token is good. With 16 it would register again and again.
  const told = code === STREAM_CODE.unauthenticated ? STREAM_CODE.unavailable : code;
  return told === STREAM_CODE.internal || told === STREAM_CODE.unavailable
    ? new StreamError(told, words)
    : new StreamError(told, words, { reason: 'dialogflow' });
}
