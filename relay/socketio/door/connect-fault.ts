import type { TokenVerdict } from '../../identity/claims.ts';
import type { ConnectFault } from '../../rate-limits/record-refusal.ts';

/**
 * What is wrong with a CONNECT that is refused.
 *
 * @param token that of its `auth`, of any type. The parser makes one that is no text of an `auth` that is no object.
 */
export function connectFault(verdict: TokenVerdict, token: unknown): ConnectFault {
  if (verdict.valid) return 'revoked';
  return verdict.fault === 'unparsable' && typeof token !== 'string' ? 'malformed' : verdict.fault;
}
