import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { ConfigError } from '../../shared/errors.ts';
import { SIGNING_KEY_MIN_BYTES } from './limits.ts';

export interface SigningKey {
  /** Tells keys apart in a token's header. It is a digest of the key, so it may be seen. */
  kid: string;
  secret: KeyObject;
}

/** A key that no longer signs, or does not sign yet. */
export interface AcceptedKey extends SigningKey {
  /**
   * Milliseconds since 1970: every token that it signed has expired by then. Afterwards it only proves that an expired
   * token is genuine, because such a token may go on with its conversations.
   */
  until?: number;
}

/** The keys whose tokens are accepted. The first one signs. */
export type KeyRing = readonly [current: AcceptedKey, ...others: AcceptedKey[]];

/** How to make a key; the end of an error's sentence. */
export const REMEDY = 'make one with: openssl rand -base64 48';

/**
 * Makes a key of the text in a file or a secret. White space around it is ignored, because editors and `echo` add a
 * newline.
 *
 * @param origin where the text comes from, as the subject of the error's sentence. Never the text itself.
 * @throws {ConfigError} when the key is shorter than {@link SIGNING_KEY_MIN_BYTES}, because it could be guessed.
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
