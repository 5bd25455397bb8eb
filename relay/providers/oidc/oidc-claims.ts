// Reads the claims of a token whose signature was verified.

export type TokenClaims = Readonly<Record<string, unknown>>;

/** A claim that a token must have, with one of these values. */
export interface RequiredClaim {
  name: string;
  values: readonly string[];
}

/**
 * A claim by its whole name, which may contain dots and slashes (`https://example.com/roles`), else by a path of names
 * with dots between them (`realm_access.roles`).
 */
export function claimAt(claims: TokenClaims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as TokenClaims)[step];
  }
  return value;
}

/** The values of a claim as texts: of a string, a number or a boolean, or of a list of them. Else none. */
export function textsOf(claim: unknown): string[] {
  return (Array.isArray(claim) ? claim : [claim]).filter(isPlain).map(String);
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/**
 * Whether the claim has one of the values, or is a list that holds one. `true` and `false` stand for the boolean, which
 * some issuers write as a text, and never for an entry of a list.
 */
export function hasClaim(claims: TokenClaims, { name, values }: RequiredClaim): boolean {
  const claim = claimAt(claims, name);
  if (!Array.isArray(claim)) return isPlain(claim) && values.includes(String(claim));
  const names = values.filter((value) => !BOOLEANS.includes(value));
  return claim.some((entry) => typeof entry !== 'boolean' && isPlain(entry) && names.includes(String(entry)));
}

const BOOLEANS = ['true', 'false'];

/** Parses `NAME=VALUE,NAME=VALUE|OTHER`; `undefined` for any other text. */
export function parseRequiredClaims(text: string): RequiredClaim[] | undefined {
  const entries = text.split(',').map((entry) => {
    const [, name = '', values = ''] = /^\s*([^\s=]+)=(.*)$/.exec(entry) ?? [];
    return { name, values: values.split('|').map((value) => value.trim()) };
  });
  return entries.every(({ name, values }) => name !== '' && !values.includes('')) ? entries : undefined;
}
