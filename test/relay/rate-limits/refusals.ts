import * as assert from 'uvu/assert';

export const many = (count: number) => Array.from({ length: count }, (_, index) => index);

/** What is answered beyond most limits. */
export const MESSAGE = { message: 'Too many requests: wait.' };

/** What is left of the minute that began with the first of many quick requests, in seconds. */
export function assertRetryAfter(value: unknown): void {
  assert.ok(Number(value) > 20 && Number(value) <= 60, `Retry-After: ${value}`);
}
