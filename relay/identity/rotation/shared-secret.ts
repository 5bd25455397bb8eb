import { createHash, timingSafeEqual } from 'node:crypto';
import type { RotatingKeys } from './key-ring.ts';

/** A secret that callers show. It may change while the relay runs; then the old one is accepted for a short time too. */
export type SharedSecret = Pick<RotatingKeys, 'ring' | 'poll'>;

/** Whether a caller has shown the secret. One that is not known yet causes a look at the source. */
export async function isShown(secret: SharedSecret, given: string): Promise<boolean> {
  // Digests have the same length, as timingSafeEqual requires, and do not reveal the secret's length.
  const shown = digest(given);
  const isGood = () => secret.ring().some((key) => timingSafeEqual(shown, digest(key.secret.export())));
  if (isGood()) return true;
  await secret.poll();
  return isGood();
}

function digest(text: string | Buffer): Buffer {
  return createHash('sha256').update(text).digest();
}
