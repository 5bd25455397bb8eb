import type { RefusalReason } from '../refusals/reasons.ts';
import type { RefusalDetails } from '../refusals/refusals.ts';

/** Why a caller is refused, and whose token it has shown where that is known. */
export type LimitRefusal = Pick<RefusalDetails, 'agent'> & { reason: RefusalReason };

/** A caller asks for more than a limit allows. */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError';
  /** How long to wait before another try, in milliseconds. */
  readonly retryAfterMs: number;
  readonly refusal: LimitRefusal;

  constructor(message: string, retryAfterMs: number, refusal: LimitRefusal) {
    super(message);
    this.retryAfterMs = retryAfterMs;
    this.refusal = refusal;
  }
}
