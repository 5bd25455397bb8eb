// Credentials for an OpenID Connect provider: changed, made up, or signed by it with claims of any kind.

import * as fc from 'fast-check';
import { decodeJwt, type JWTPayload, SignJWT } from 'jose';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answersOf, envOf, SHAPES, signingPair, tokenOf } from '../helpers/oidc-issuer.ts';
import { providerServers } from '../helpers/provider-servers.ts';
import { setUp } from '../relay/providers/provider-setup.ts';
import { fuzz } from './fuzz.ts';
import { anyJson, damaged, mutated } from './mutations.ts';

const shape = { ...SHAPES.okta, alg: 'ES256' as const };
const [pair, stranger] = await Promise.all([signingPair('key', 'ES256'), signingPair('key', 'ES256')]);
const servers = await providerServers(
  test,
  answersOf(shape, () => [pair]),
);

const env = envOf(shape, {
  OIDC_ROLE_CLAIM: 'groups',
  OIDC_AGENT_ROLES: 'Agents',
  OIDC_CONVERSATIONS_CLAIM: 'seen',
});
const { providers, lines } = setUp(env, servers);
const good = await tokenOf(shape, pair);
const foreign = await tokenOf(shape, stranger);
const identity = {
  subject: `oidc:${shape.issuer}:${shape.subject}`,
  role: 'agent',
  conversations: [],
  vouchedAt: decodeJwt(good).iat,
};

/** The verdict on a credential, of which nothing may be in the log. */
async function verdictOn(credential: string, named: unknown) {
  const verdict = await providers.verify(credential, named);
  const [, , signature = ''] = credential.split('.');
  for (const line of lines.splice(0))
    if (signature.length > 20) assert.not.ok(line.includes(signature), line);
  return verdict;
}

const named = fc.oneof(fc.constantFrom<unknown>('OIDC', undefined), anyJson);

fuzz('a credential that was changed anywhere lets nobody in', {
  arbitrary: fc.tuple(mutated(fc.constantFrom(good, foreign, `Bearer ${good}`)), named),
  async check([credential, provider]) {
    const verdict = await verdictOn(credential, provider);
    if (credential.trim().replace(/^bearer\s+/i, '') === good) assert.equal(verdict, identity);
    else if (verdict !== undefined) assert.equal(verdict, identity); // the same signature, written in another way
    if (credential.includes(foreign)) assert.is(verdict, undefined);
  },
  runs: 1_500,
});

const goodClaims = {
  iss: shape.issuer,
  aud: shape.audience,
  sub: 'u',
  iat: 1,
  exp: 9_999_999_999,
  groups: ['Agents'],
  seen: ['c'],
};
const claims = fc.oneof(
  damaged(goodClaims),
  fc.record({ groups: anyJson, seen: anyJson, sub: anyJson }).map((odd) => ({ ...goodClaims, ...odd })),
);
const header = damaged({ typ: 'JWT', kid: 'key', cty: 'x' });

fuzz('any claims of a provider: who is let in has a name, a role and a list', {
  arbitrary: fc.tuple(claims, header),
  async check([payload, more]) {
    const credential = await new SignJWT(payload as JWTPayload)
      .setProtectedHeader({ ...more, alg: 'ES256' })
      .sign(pair.privateKey);
    const verdict = await verdictOn(credential, 'OIDC');
    if (verdict === undefined) return;
    assert.is(verdict.subject, `oidc:${shape.issuer}:${payload.sub}`);
    assert.type(payload.sub, 'string');
    assert.is(verdict.role, 'agent');
    assert.ok(verdict.vouchedAt === undefined || Number.isFinite(verdict.vouchedAt));
    for (const name of verdict.conversations ?? []) assert.type(name, 'string');
  },
  runs: 1_500,
  after: async () => assert.equal(await verdictOn(good, 'OIDC'), identity),
});

test.run();
