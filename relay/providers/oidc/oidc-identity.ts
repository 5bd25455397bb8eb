import type { Identity } from '../../identity/identity.ts';
import { fitsToken } from '../../identity/rights.ts';
import { isName } from '../provider-answer.ts';
import { claimAt, hasClaim, type TokenClaims, textsOf } from './oidc-claims.ts';
import type { OidcConfig } from './oidc-settings.ts';

/** The user of a token; or why it names none, in words that hold none of its values. */
export type Judgement = { identity: Identity } | { fault: string };

/** Judges the claims of a token whose signature, issuer, audience and times are right. */
export function identityOf(claims: TokenClaims, config: OidcConfig): Judgement {
  const { oidcIssuer, oidcRequiredClaims, oidcRoleClaim, oidcConversationsClaim } = config;
  const { sub, aud, azp, events, iat } = claims;
  if (!isName(sub)) return { fault: 'no usable subject' };
  // A logout token or another security event token (RFC 8417) whose header does not say so.
  if (events !== undefined) return { fault: 'it tells of events' };
  // OpenID Connect Core, 3.1.3.7: a token with several audiences must name the party that it was issued to.
  if (Array.isArray(aud) && aud.length > 1 && !isName(azp)) return { fault: 'several audiences and no azp' };
  const lacking = oidcRequiredClaims.find((claim) => !hasClaim(claims, claim));
  if (lacking) return { fault: `OIDC_REQUIRED_CLAIMS: ${lacking.name}` };

  const role =
    oidcRoleClaim === undefined ? undefined : roleOf(textsOf(claimAt(claims, oidcRoleClaim)), config);
  if (oidcRoleClaim !== undefined && role === undefined) return { fault: 'OIDC_ROLE_CLAIM: no known role' };
  const conversations =
    oidcConversationsClaim === undefined
      ? undefined
      : conversationsOf(claimAt(claims, oidcConversationsClaim));
  if (conversations === 'unusable') return { fault: 'OIDC_CONVERSATIONS_CLAIM: not a list of names' };

  return {
    identity: {
      subject: `oidc:${oidcIssuer}:${sub}`,
      ...(role === undefined ? {} : { role }),
      ...(conversations === undefined ? {} : { conversations }),
      ...(typeof iat === 'number' ? { vouchedAt: iat } : {}),
    },
  };
}

/** A user with both roles has the rights of both, so the agent's role, which may write, comes first. */
function roleOf(values: readonly string[], config: OidcConfig): Identity['role'] {
  if (values.some((value) => config.oidcAgentRoles.includes(value))) return 'agent';
  return values.some((value) => config.oidcSupervisorRoles.includes(value)) ? 'supervisor' : undefined;
}

/** Names that are not yet checked. A user without the claim has none, and may see no conversation. */
function conversationsOf(claim: unknown): string[] | 'unusable' {
  if (claim === undefined || claim === null) return [];
  const names = Array.isArray(claim) ? claim : [claim];
  return names.every(isName) && fitsToken(names) ? names : 'unusable';
}
