import { errors } from 'jose';

/** Which check a token has failed, by the library's code. Its message is not used: it may quote the token's header. */
const CHECKS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'expiry: the token has expired',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'signature: no key of the issuer made it',
  ERR_JWKS_NO_MATCHING_KEY: 'no key: the issuer publishes none with the kid and alg of the token',
  ERR_JOSE_ALG_NOT_ALLOWED: 'algorithm: the relay does not accept the algorithm of the signature',
  ERR_JWS_INVALID: 'format: no signed JWT',
  ERR_JWT_INVALID: 'format: the claims are not JSON',
};

/** The claims that are checked, by what they say. */
const CLAIMS: Readonly<Record<string, string>> = {
  iss: 'issuer: the iss of the token is not OIDC_ISSUER',
  aud: 'audience: the aud of the token is not in OIDC_AUDIENCE',
  nbf: 'time: the token is not valid yet (nbf)',
  exp: 'expiry: the token has no usable exp',
  iat: 'time: the token has no usable iat',
  sub: 'subject: the token has no sub',
};

/** Whether the token is wrong. All other errors are of the keys. */
export function isOfToken(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSInvalid || error instanceof errors.JWKSTimeout) &&
    error.code !== errors.JOSEError.code
  );
}

/** Which check a token has failed, without anything of the token. */
export function failedCheck(error: errors.JOSEError): string {
  const claim = error instanceof errors.JWTClaimValidationFailed ? CLAIMS[error.claim] : undefined;
  return claim ?? CHECKS[error.code] ?? `format: ${error.code}`;
}
