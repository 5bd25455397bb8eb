import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { ConfigError } from '../../shared/errors.ts';
import { SIGNING_KEY_MIN_BYTES } from './limits.ts';

export interface SigningKey {
  /** Tells one key from another in a token's header; derived one way, so it may be seen. */
  kid: string;
  secret: KeyObject;
}

/** A key that signs no more, or does not sign yet. */
export interface AcceptedKey extends SigningKey {
  /**
   * Milliseconds since 1970: every token that it signed has expired by then. Afterwards it only tells that an expired
   * token is genuine, for those that may go on with their conversations.
   */
  until?: number;
}

/** The keys whose tokens are honoured, the one that signs first. */
export type KeyRing = readonly [current: AcceptedKey, ...others: AcceptedKey[]];

/** How to make a key; the end of an error's sentence. */
export const REMEDY = 'make one with: openssl rand -base64 48';

/**
 * Makes a key of the text in a file or a secret. White space around it does not count, because editors and `echo` add a
 * newline.
 *
 * @param origin names where the text comes from, as the subject of the error's sentence; never the text itself.
 * @throws {ConfigError} when the key is shorter than {@link SIGNING_KEY_MIN_BYTES}: it could be guessed.
 */
export function signingKey(text: string, origin = 'the signing key'): SigningKey {
  const bytes = Buffer.from(text.trim(), 'utf8');
  if (bytes.length < SIGNING_KEY_MIN_BYTES) {
    throw new ConfigError([
      `${origin} holds a key that is shorter than ${SIGNING_KEY_MIN_BYTES} bytes: ${REMEDY}`,
    ]);
  }
  const secret = createSecretKey(bytes);
  return { kid: createHmac('sha256', secret).update('kid').digest('base64url').slice(0, 11), secret };
}
