import type { KeyRing } from './signing-key.ts';
import { readSigningKey } from './signing-key.ts';

/** Where the signing keys come from. */
export interface KeySource {
  /**
   * The newest key. With `withPrevious` also the one that it has replaced, where the source still has it.
   *
   * @throws {ConfigError} with the remedy when there is no usable key.
   */
  read(options: { withPrevious: boolean }): Promise<KeyRing>;
}

/**
 * A file, such as a mounted secret. Each read opens the path anew, so that it follows the symbolic links which
 * Kubernetes swaps when a secret changes. It holds one key, and nothing of those before it.
 *
 * @param variable what names the file, for whoever has to mend it.
 */
export function keyFile(path: string, variable?: string): KeySource {
  return { read: async () => [await readSigningKey(path, variable)] };
}
