import { readFile } from 'node:fs/promises';
import { ConfigError } from '../../../shared/errors.ts';
import { type KeyRing, REMEDY, type SigningKey, signingKey } from '../signing-key.ts';

/** Where the signing keys come from. */
export interface KeySource {
  /**
   * The newest key. With `withPrevious` also the one before it, where the source still has it.
   *
   * @throws {ConfigError} with the remedy when there is no usable key.
   */
  read(options: { withPrevious: boolean }): Promise<KeyRing>;
}

/**
 * A file, such as a mounted secret. Each read opens the path again, because Kubernetes swaps the symbolic links in it
 * when a secret changes. A file holds one key and none of those before it.
 *
 * @param variable names the file, for error messages.
 */
export function keyFile(path: string, variable?: string): KeySource {
  return { read: async () => [await readSigningKey(path, variable)] };
}

/**
 * Reads the key that a file holds.
 *
 * @param variable names the file, for error messages.
 * @throws {ConfigError} when the file cannot be read or its key is too short, because it could be guessed.
 */
export async function readSigningKey(path: string, variable = 'JWT_SECRET_KEY_PATH'): Promise<SigningKey> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new ConfigError([`${variable} names a file that cannot be read${code}: ${REMEDY} > FILE`]);
  }
  return signingKey(text, `the file that ${variable} names`);
}
