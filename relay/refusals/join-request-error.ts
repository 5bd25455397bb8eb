import type { RefusalReason } from './reasons.ts';

/** Codes of the native protocol that are names of reasons, too. */
type JoinCode = 'bad-frame' | 'bad-cursor' | 'not-joined' | 'too-many-joins' | 'unavailable';

/** What a desktop asks for cannot be done for any desktop; the message says what is expected. */
export class JoinRequestError extends Error {
  override readonly name = 'JoinRequestError';
  readonly code: JoinCode;
  readonly reason: RefusalReason;

  constructor(message: string, code: JoinCode = 'bad-frame', reason: RefusalReason = code) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}
