import { createLocalJWKSet, type JWK } from 'jose';

/** The keys of a set that can verify a signature, and how many of its entries cannot. */
export interface UsableKeys {
  keys: JWK[];
  skipped: number;
}

/** Smallest RSA key that the algorithms allow, in bits. Source: RFC 7518, sections 3.3 and 3.5. */
const RSA_MIN_BITS = 2048;

/** An algorithm for each kind of key that names none itself. Another algorithm of the kind needs the same members. */
const ALGORITHM_OF: Readonly<Record<string, string>> = {
  RSA: 'RS256',
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
};

/**
 * Skips the entries that are no usable key: an unknown kind, a missing member, a certificate in place of the key, another
 * use than signatures, a secret or private key. One of them must not keep out the users whose tokens another key signs.
 *
 * Source: RFC 7517, section 5.
 *
 * @param text a JSON Web Key Set.
 * @returns `undefined` when the text is none.
 */
export async function usableKeys(text: string): Promise<UsableKeys | undefined> {
  const entries = entriesOf(text);
  if (entries === undefined) return undefined;
  const keys: JWK[] = [];
  for (const entry of entries) {
    if (isObject(entry) && (await isUsable(entry))) keys.push(entry);
  }
  return { keys, skipped: entries.length - keys.length };
}

function entriesOf(text: string): unknown[] | undefined {
  try {
    const set: unknown = JSON.parse(text);
    return typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys)
      ? set.keys
      : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is JWK => typeof value === 'object' && value !== null;

/** Imports the key as its first use would, where a failure would be one of the whole set. */
async function isUsable(entry: JWK): Promise<boolean> {
  const algorithm: unknown = entry.alg ?? ALGORITHM_OF[String(entry.kty === 'RSA' ? 'RSA' : entry.crv)];
  if (typeof algorithm !== 'string') return false;
  try {
    const key = await createLocalJWKSet({ keys: [entry] })({ alg: algorithm });
    return !('modulusLength' in key.algorithm) || Number(key.algorithm.modulusLength) >= RSA_MIN_BITS;
  } catch {
    return false;
  }
}
