import type { Claims } from '../identity/claims.ts';
import { coalesced } from './coalesced.ts';
import type { Revocations } from './revocations.ts';

/**
 * Makes what asks Redis whether the token of one connection is revoked, one call at a time. While a call is under way the
 * connection may get another token, or many: the newest is asked about afterwards.
 *
 * @param revocations undefined where nothing can be revoked.
 * @param claimsOf the claims of the connection's present token.
 * @param onRevoked not called when Redis does not answer: each join asks again.
 */
export function revocationCheck(
  revocations: Pick<Revocations, 'isRevoked'> | undefined,
  claimsOf: () => Claims | undefined,
  onRevoked: () => void,
): () => Promise<void> {
  return coalesced(async () => {
    const claims = claimsOf();
    const isRevoked = claims && (await revocations?.isRevoked(claims).catch(() => false));
    if (isRevoked === true) onRevoked();
  });
}
