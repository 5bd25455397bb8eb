import type { ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { json, type ProviderRequest } from './provider-servers.ts';

/** Claims and header of a token; `undefined` leaves a claim of the example out. */
export type Changes = Record<string, unknown>;

/** How one provider names itself, and what its tokens look like; the shapes of its public documentation. */
export interface Shape {
  issuer: string;
  /** Where its discovery document says that its keys are. */
  keysUrl: string;
  audience: string;
  alg: 'RS256' | 'ES256';
  typ?: string;
  subject: string;
  claims: Changes;
  requiredClaims?: string;
}

const TENANT = '6babcaad-604b-40ac-a9d7-9fd97c0b779f';

/** https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/ : access token of a custom server. */
const okta: Shape = {
  issuer: 'https://example.okta.com/oauth2/default',
  keysUrl: 'https://example.okta.com/oauth2/default/v1/keys',
  audience: 'api://agent-assist',
  alg: 'RS256',
  subject: 'agent@example.com',
  claims: {
    ver: 1,
    jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
    cid: '0oa2hl2inow5Uqc6c357',
    uid: '00uid4BxXw6I6TV4m0g3',
    scp: ['openid', 'profile'],
    auth_time: 1_700_000_000,
    groups: ['Everyone', 'Agents'],
  },
};

/** https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference : access token, version 2.0. */
const entra: Shape = {
  issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  keysUrl: `https://login.microsoftonline.com/${TENANT}/discovery/v2.0/keys`,
  audience: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
  alg: 'RS256',
  typ: 'JWT',
  subject: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
  claims: {
    azp: '8f4c8e1d-1b2a-4d0b-9f0c-8a1a6f5b7a11',
    azpacr: '0',
    name: 'An Agent',
    oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
    preferred_username: 'agent@example.com',
    rh: '0.ARoAv4j5cvGGr0GRqy180BHbR',
    roles: ['AgentAssist.Supervisor'],
    scp: 'access_as_user',
    tid: TENANT,
    uti: 'fqiBqXLPj0eQa82S-IYFAA',
    ver: '2.0',
  },
  requiredClaims: `tid=${TENANT}`,
};

/** https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload : ID token. */
const google: Shape = {
  issuer: 'https://accounts.google.com',
  keysUrl: 'https://www.googleapis.com/oauth2/v3/certs',
  audience: '1234987819200.apps.googleusercontent.com',
  alg: 'RS256',
  typ: 'JWT',
  subject: '10769150350006150715113082367',
  claims: {
    azp: '1234987819200.apps.googleusercontent.com',
    at_hash: 'HK6E_P6Dh8Y93mRNtsDB1Q',
    hd: 'example.com',
    email: 'agent@example.com',
    email_verified: true,
  },
  requiredClaims: 'hd=example.com,email_verified=true',
};

/** https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles : access token with a namespaced claim. */
const auth0: Shape = {
  issuer: 'https://example.eu.auth0.com/',
  keysUrl: 'https://example.eu.auth0.com/.well-known/jwks.json',
  audience: 'https://agent-assist.example.com',
  alg: 'RS256',
  typ: 'at+jwt',
  subject: 'auth0|64a1b2c3d4e5f60718293a4b',
  claims: {
    aud: ['https://agent-assist.example.com', 'https://example.eu.auth0.com/userinfo'],
    azp: 'my_client_id',
    scope: 'openid profile',
    'https://example.com/roles': ['supervisor'],
  },
};

export const SHAPES = { okta, entra, google, auth0 };

export interface SigningPair {
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

export async function signingPair(kid: string, alg: 'RS256' | 'ES256' = 'RS256'): Promise<SigningPair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg } };
}

/** A token as `shape`'s provider makes it, with claims and header changed; it expires in an hour. */
export function tokenOf(
  shape: Shape,
  pair: SigningPair,
  claims: Changes = {},
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: shape.issuer,
    aud: shape.audience,
    sub: shape.subject,
    iat: now,
    exp: now + 3600,
    ...shape.claims,
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({
      alg: shape.alg,
      kid: pair.kid,
      ...(shape.typ ? { typ: shape.typ } : {}),
      ...header,
    })
    .sign(pair.privateKey);
}

/** The provider's answers: its discovery document and the public halves of `keys`. */
export function answersOf(shape: Shape, keys: () => readonly SigningPair[]) {
  const base = shape.issuer.replace(/\/$/, '');
  return ({ host, url, method }: ProviderRequest, response: ServerResponse): ServerResponse => {
    const address = `https://${host}${url}`;
    if (method !== 'GET') return json(response, 405, {});
    if (address === shape.keysUrl) return json(response, 200, { keys: keys().map((pair) => pair.publicJwk) });
    if (address !== `${base}/.well-known/openid-configuration`) return json(response, 404, {});
    return json(response, 200, {
      issuer: shape.issuer,
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      jwks_uri: shape.keysUrl,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [shape.alg],
    });
  };
}

/** The variables that set the relay up for a provider. */
export function envOf(shape: Shape, more: Record<string, string> = {}): Record<string, string> {
  return {
    AUTH_OPTION: 'OIDC',
    OIDC_ISSUER: shape.issuer,
    OIDC_AUDIENCE: shape.audience,
    ...(shape.requiredClaims === undefined ? {} : { OIDC_REQUIRED_CLAIMS: shape.requiredClaims }),
    ...more,
  };
}
