import type { Rights } from './rights.ts';

/** What a genuine token says. */
export interface Claims extends Rights {
  /** `sub`: the identity that the provider verified. Empty in a token of another issuer that has none. */
  subject: string;
  /** `gcp_agent_assist_user`: what the caller said of itself. No decision may depend on it. */
  user: string;
  /** `jti`, or a digest of the whole token where it has none. */
  tokenId: string;
  /** `iat` in seconds since 1970, where the token has one. */
  issuedAt: number | undefined;
  /** `exp` in seconds since 1970. */
  expiresAt: number;
}

/** What a refused caller is told, in the words of Google's reference, which existing desktops know. */
export const TOKEN_MESSAGES = {
  missing: 'Token is missing.',
  unparsable: 'Failed to parse your token.',
  /** The token names an unknown key: a forged, an old or a very new one. */
  'unknown-key': 'Failed to parse your token.',
  'no-project': 'The target project in your token is missing.',
  'other-project': 'The target project in your token is invalid.',
  'no-expiry': 'The expiration time in your token is missing.',
  expired: 'Your token has expired.',
  revoked: 'Your token was revoked.',
} as const;

export type TokenFault = keyof typeof TOKEN_MESSAGES;

/** An expired token is known to be genuine, so its claims come with the refusal. */
export type TokenVerdict =
  | { valid: true; claims: Claims }
  | { valid: false; fault: 'expired'; claims: Claims }
  | { valid: false; fault: Exclude<TokenFault, 'expired'>; claims?: undefined };
