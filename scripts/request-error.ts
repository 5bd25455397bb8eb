/** A request over HTTP had no answer, or another one than asked for. The message says what, and has no token. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** Of the answer; undefined without one. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }

  /** Whether a later request may be answered. */
  get isTemporary(): boolean {
    return this.status === undefined || this.status >= 500;
  }
}
