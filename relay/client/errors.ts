import type { ErrorCode } from './types.ts';

/** Why a join was rejected. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** To be thrown by `getToken` when nobody is signed in any more: the client closes instead of asking again. */
export class Unauthorized extends Error {
  override readonly name = 'Unauthorized';
}

/** Why a stream has ended. */
export class StreamFailed extends Error {
  override readonly name = 'StreamFailed';
  /** One of google.rpc's: 3, 7, 8, 13, 14 or 16. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
