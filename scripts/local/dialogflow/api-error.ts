/** Google's canonical error codes that the simulator uses, with their HTTP statuses. Source: google/rpc/code.proto. */
const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
} as const;

export type ErrorStatus = keyof typeof HTTP_STATUS;

/** A refusal as Google's APIs give it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: ErrorStatus;

  constructor(status: ErrorStatus, message: string) {
    super(message);
    this.status = status;
  }

  get httpStatus(): number {
    return HTTP_STATUS[this.status];
  }

  toJSON(): { error: { code: number; message: string; status: ErrorStatus } } {
    return { error: { code: this.httpStatus, message: this.message, status: this.status } };
  }
}
