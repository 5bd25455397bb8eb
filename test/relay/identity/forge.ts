import { createHmac } from 'node:crypto';
import { type AcceptedKey, type SigningKey, signingKey } from '../../../relay/identity/signing-key.ts';
import { createTokens, type Tokens } from '../../../relay/identity/tokens.ts';

export const PROJECT = 'demo-project';
/** When the tests of tokens begin, in seconds since 1970. */
export const NOW = 1_800_000_000;
export const KEY_TEXT = 'the current key of these tests, long';
export const CURRENT: SigningKey = signingKey(KEY_TEXT);
export const HS256 = { alg: 'HS256', typ: 'JWT' };
/** The claims of a token that is good for a minute. */
export const GOOD = { exp: NOW + 60, gcp_agent_assist_project: PROJECT, gcp_agent_assist_user: '' };

/** By which the tokens below are judged; a test that moves `seconds` puts them back. */
export const clock = { seconds: NOW };

export function tokensOf(...keyRing: [SigningKey, ...AcceptedKey[]]): Tokens {
  return createTokens({
    projectId: PROJECT,
    lifetimeSeconds: 3600,
    keyRing: () => keyRing,
    now: () => clock.seconds * 1000,
  });
}

export const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token signed by hand, so that header and payload may be anything. */
export function sign(payload: unknown, header: object = HS256, key = KEY_TEXT, hash = 'sha256'): string {
  return signText(JSON.stringify(payload), header, key, hash);
}

/** The same of a payload that need not be JSON. */
export function signText(payload: string, header: object = HS256, key = KEY_TEXT, hash = 'sha256'): string {
  const body = `${encode(header)}.${Buffer.from(payload).toString('base64url')}`;
  return `${body}.${createHmac(hash, key).update(body).digest('base64url')}`;
}
