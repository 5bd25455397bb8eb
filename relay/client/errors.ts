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
