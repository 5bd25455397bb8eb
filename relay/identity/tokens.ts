import { createHash, randomUUID } from 'node:crypto';
import jwt, { type JwtPayload } from 'jsonwebtoken';
import type { Claims, TokenFault, TokenVerdict } from './claims.ts';
import { CLOCK_SKEW_SECONDS, TOKEN_MAX_CHARS, USER_MAX_CHARS } from './limits.ts';
import { issuable, type Rights, rightsIn } from './rights.ts';
import type { KeyRing } from './signing-key.ts';

/** A new token, and what it says. */
export interface IssuedToken {
  token: string;
  claims: Claims;
}

export interface Tokens {
  /**
   * @param user what the caller said of itself, of any type. See {@link userClaim}.
   * @throws {RangeError} for rights that no token may have. See `issuable`.
   */
  issue(subject: string, user: unknown, rights?: Rights): IssuedToken;
  /**
   * Judges the value of an `Authorization` header or of a socket's `auth.token`, with or without `Bearer ` in upper or
   * lower case. Never throws.
   */
  verify(credential: unknown): TokenVerdict;
  /**
   * {@link verify}, and once more with new keys when the token names an unknown one: another relay may have seen a new
   * key first.
   */
  verifyRefreshingKeys(credential: unknown): Promise<TokenVerdict>;
}

export interface TokensOptions {
  projectId: string;
  lifetimeSeconds: number;
  /** Called at every use, because the ring may change while the relay runs. */
  keyRing: () => KeyRing;
  /** Brings the ring up to date, at most every few seconds. Never rejects. */
  pollKeys?: (() => Promise<void>) | undefined;
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined;
}

const BEARER = /^bearer(?:\s+|$)/i;

/**
 * The relay's own tokens: HS256, the claims of Google's reference (`exp`, `gcp_agent_assist_project`,
 * `gcp_agent_assist_user`) with `sub`, `iat` and `jti` added, and the signing key's `kid` in the header.
 */
export function createTokens(options: TokensOptions): Tokens {
  const { projectId, lifetimeSeconds, keyRing, pollKeys, now = Date.now } = options;

  function issue(subject: string, user: unknown, rights: Rights = {}): IssuedToken {
    const [key] = keyRing();
    const issuedAt = Math.floor(now() / 1000);
    const claims: Claims = {
      subject,
      user: userClaim(user),
      tokenId: randomUUID(),
      issuedAt,
      expiresAt: issuedAt + lifetimeSeconds,
      ...issuable(rights),
    };
    const payload = {
      iat: claims.issuedAt,
      exp: claims.expiresAt,
      jti: claims.tokenId,
      sub: claims.subject,
      gcp_agent_assist_project: projectId,
      gcp_agent_assist_user: claims.user,
      role: claims.role, // JSON leaves out undefined values
      conversations: claims.conversations,
    };
    return { token: jwt.sign(payload, key.secret, { algorithm: 'HS256', keyid: key.kid }), claims };
  }

  function verify(credential: unknown): TokenVerdict {
    if (credential === undefined || credential === null) return refused('missing');
    if (typeof credential !== 'string' || credential.length > TOKEN_MAX_CHARS) return refused('unparsable');
    const token = credential.trim().replace(BEARER, '');
    if (token === '') return refused('missing');

    const opened = open(token);
    if (opened === undefined) return refused(namesUnknownKey(token) ? 'unknown-key' : 'unparsable');
    const { payload, until } = opened;
    const { exp, iat, gcp_agent_assist_project: project } = payload;
    if (Object.hasOwn(payload, 'aud')) return refused('unparsable');
    if (exp !== undefined && !Number.isFinite(exp)) return refused('unparsable');
    // iat is optional. One in the future, or one that is no number, was not written by a relay.
    if (iat !== undefined && !(Number.isFinite(iat) && iat * 1000 <= now() + CLOCK_SKEW_SECONDS * 1000))
      return refused('unparsable');
    if (project === undefined || project === null) return refused('no-project');
    if (project !== projectId) return refused('other-project');
    if (exp === undefined) return refused('no-expiry');
    const rights = rightsIn(payload);
    if (rights === undefined) return refused('unparsable');
    // The key stopped signing too early for this expiry, so somebody else who has the key signed the token.
    if (until !== undefined && until <= now() && exp * 1000 > until) return refused('unparsable');

    const claims: Claims = {
      subject: textOf(payload.sub) ?? '',
      user: textOf(payload.gcp_agent_assist_user) ?? '',
      tokenId: textOf(payload.jti) ?? createHash('sha256').update(token).digest('base64url'),
      issuedAt: iat,
      expiresAt: exp,
      ...rights,
    };
    return exp * 1000 > now() ? { valid: true, claims } : { valid: false, fault: 'expired', claims };
  }

  async function verifyRefreshingKeys(credential: unknown): Promise<TokenVerdict> {
    const verdict = verify(credential);
    if (verdict.valid || verdict.fault !== 'unknown-key' || !pollKeys) return verdict;
    await pollKeys();
    return verify(credential);
  }

  /** The payload of a token that an accepted key signed and whose `nbf` has passed, and until when that key signed. */
  function open(token: string): { payload: JwtPayload; until: number | undefined } | undefined {
    // The ring has few keys, so each is tried. What a token says about its key is not trusted.
    for (const { secret, until } of keyRing()) {
      try {
        const payload = jwt.verify(token, secret, {
          algorithms: ['HS256'],
          clockTimestamp: Math.floor(now() / 1000),
          ignoreExpiration: true, // verify() checks it, because an expired token must be told from a forged one
        });
        return typeof payload === 'object' ? { payload, until } : undefined;
      } catch {
        // Malformed, or not signed with this key. The error is dropped, because it may quote the token.
      }
    }
    return undefined;
  }

  function namesUnknownKey(token: string): boolean {
    const kid = kidOf(token);
    return typeof kid === 'string' && keyRing().every((key) => key.kid !== kid);
  }

  return { issue, verify, verifyRefreshingKeys };
}

function refused<F extends Exclude<TokenFault, 'expired'>>(fault: F): { valid: false; fault: F } {
  return { valid: false, fault };
}

/** What the header of a token says about its key. */
function kidOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'))?.kid;
  } catch {
    return undefined;
  }
}

function textOf(claim: unknown): string | undefined {
  return typeof claim === 'string' ? claim : undefined;
}

/** The user claim, a string of bounded length: text as it is, an empty string for nothing, JSON for the rest. */
export function userClaim(user: unknown): string {
  if (user === undefined || user === null) return '';
  return (typeof user === 'string' ? user : toJson(user)).slice(0, USER_MAX_CHARS);
}

/** JSON text, or an empty string when the value is nested so deep that writing it exhausts the stack. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
