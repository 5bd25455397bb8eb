// Who was revoked and shows good credentials again, at two relays whose clock the tests set.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  answersOf,
  type Changes,
  envOf,
  SHAPES,
  type Shape,
  signingPair,
  tokenOf,
} from '../../helpers/oidc-issuer.ts';
import { GENESYS, providerServers, TOKENS } from '../../helpers/provider-servers.ts';
import { uniqueConversation, withLocation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { adminToken, asAdmin, statusWith } from './admin-requests.ts';
import '../../helpers/patient-redis.ts';

const shape = SHAPES.okta;
const pair = await signingPair('key');
const servers = await providerServers(
  test,
  answersOf(shape, () => [pair]),
);
let seconds = 0;

const fixture = relayFixture(test, {
  relays: 2,
  settings: envOf(shape, {
    AUTH_OPTION: 'OIDC,GenesysCloud',
    GENESYS_CLOUD_ENVIRONMENT: GENESYS.environment,
    GENESYS_CLOUD_ORGANIZATION_ID: GENESYS.organization,
  }),
  adminToken,
  now: () => Date.now() + seconds * 1000,
  limits: { providers: { timeoutMs: 30_000 } },
  providerDispatcher: servers.dispatcher,
});

test.before.each(() => {
  seconds = 0;
});

/** A credential of the provider for a user, signed so many seconds from now. */
const credential = (user: string, after: number, claims: Changes = {}) =>
  tokenOf({ ...shape, subject: user } satisfies Shape, pair, {
    iat: Math.floor(Date.now() / 1000) + after,
    ...claims,
  });

const subjectOf = (user: string) => `oidc:${shape.issuer}:${user}`;

const register = (relay: TestRelay, authorization: string) =>
  fetch(`${relay.url}/register`, { method: 'POST', headers: { authorization } });

async function revoke(body: Record<string, unknown>): Promise<void> {
  const answer = await asAdmin(fixture.relay, 'revoke', body);
  assert.is(answer.status, 200, await answer.text());
}

test('an agent that is blocked for a time gets a token on no relay until it ends', async () => {
  await revoke({ sub: subjectOf('ann'), blockSeconds: 600 });
  seconds = 3;
  const refused = await register(fixture.otherRelay, await credential('ann', 3));
  assert.is(refused.status, 401);
  assert.is(await refused.text(), 'Could not authenticate user');
  const line = fixture.otherRelay
    .log()
    .split('\n')
    .find((text) => text.includes('"refused":"register"'));
  const { outcome, sub } = JSON.parse(line ?? '{}');
  assert.equal([outcome, sub], ['access was revoked', subjectOf('ann')]);
  // One that a relay issued before it could know.
  assert.is(
    await statusWith(fixture.otherRelay, fixture.otherRelay.tokens.issue(subjectOf('ann'), '').token),
    401,
  );
  assert.is((await register(fixture.otherRelay, await credential('bob', 3))).status, 200);
  seconds = 700;
  assert.is((await register(fixture.otherRelay, await credential('ann', 700))).status, 200);
});

test('a second revocation without a time ends a block early', async () => {
  await revoke({ sub: subjectOf('eve'), blockSeconds: 3_600 });
  seconds = 3;
  assert.is((await register(fixture.otherRelay, await credential('eve', 3))).status, 401);
  await revoke({ sub: subjectOf('eve') });
  seconds = 6;
  const again = async () => (await register(fixture.otherRelay, await credential('eve', 6))).status === 200;
  await until(again); // once the relay has looked
});

test('a credential signed before its user was revoked gets no token', async () => {
  const [old, other] = [await credential('dan', -30), await credential('mia', -30)];
  await revoke({ sub: subjectOf('dan') });
  seconds = 3;
  assert.is((await register(fixture.otherRelay, old)).status, 401);
  assert.is((await register(fixture.otherRelay, other)).status, 200);
  assert.is((await register(fixture.otherRelay, await credential('dan', 3))).status, 200);
});

test('an agent that is revoked while the provider is asked gets no token', async () => {
  const asked = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  servers.answer = async (_request, response) => {
    asked.resolve();
    await held.promise;
    servers.answer = undefined;
    const answer = { id: GENESYS.user, state: 'active', organization: { id: GENESYS.organization } };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };
  const registering = register(fixture.otherRelay, TOKENS.genesys);
  await asked.promise;
  await revoke({ sub: `genesys:${GENESYS.organization}:${GENESYS.user}` });
  seconds = 3;
  held.resolve();
  assert.is((await registering).status, 401);
  assert.is((await register(fixture.otherRelay, TOKENS.genesys)).status, 200);
});

test('a revoked conversation is closed to later tokens, unless the request says no', async () => {
  const conversation = uniqueConversation();
  async function join(): Promise<string> {
    const relay = fixture.otherRelay;
    const desktop = await fixture.nativeDesktop({ relay, token: relay.tokens.issue('okta:ann', '').token });
    // A relay that has not looked yet closes the connection amid the join.
    const answer = await Promise.race([desktop.join(conversation), desktop.closed]);
    desktop.close();
    if (Array.isArray(answer)) return 'closed';
    return answer.type === 'error' ? answer.message : answer.type;
  }
  const read = async () => {
    const authorization = fixture.otherRelay.tokens.issue('okta:ann', '').token;
    const path = `/v2/${withLocation(conversation)}`;
    return (await fetch(fixture.otherRelay.url + path, { headers: { authorization } })).status;
  };
  await revoke({ conversation });
  seconds = 3;
  assert.is(await join(), 'access was revoked');
  await until(async () => (await read()) === 403);
  await revoke({ conversation, blockSeconds: 0 });
  seconds = 6;
  await until(async () => (await join()) === 'joined');
});

test.run();
