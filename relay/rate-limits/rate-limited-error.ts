/** A caller asks for more than a limit allows. */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError';
  /** How long to wait before another try, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}
