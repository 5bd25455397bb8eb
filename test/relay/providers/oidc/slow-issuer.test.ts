// Agents who all register at the start of a shift, while their issuer is slow. Set TEST_LONG for its real times: else the
// issuer is quicker, and the limits stay the same, so that a busy machine fails no test.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProviderLimits } from '../../../../relay/providers/limits.ts';
import { answersOf, envOf, SHAPES, signingPair, tokenOf } from '../../../helpers/oidc-issuer.ts';
import { providerServers } from '../../../helpers/provider-servers.ts';
import { relayFixture } from '../../../helpers/relay-fixture.ts';
import { undisturbed } from '../../../helpers/undisturbed.ts';

/** The issuer's times are divided by it. */
const QUICKER = process.env.TEST_LONG ? 1 : 4;

const { okta } = SHAPES;
const pair = await signingPair('key');
const servers = await providerServers(test);
const fixture = relayFixture(test, { relays: 0, settings: envOf(okta) });

const tokens = await Promise.all(
  Array.from({ length: 300 }, (_, agent) => tokenOf(okta, pair, { sub: `agent-${agent}` })),
);

/** Every agent registers at once with a relay that has just started; the statuses, and the relay's log. */
async function registerAll(answerSeconds: number, limits: Partial<ProviderLimits> = {}) {
  const answers = answersOf(okta, () => [pair]);
  servers.answer = (request, response) =>
    setTimeout(() => answers(request, response), (answerSeconds * 1_000) / QUICKER);
  const relay = await fixture.startRelay({
    settings: envOf(okta),
    providerDispatcher: servers.dispatcher,
    limits: { providers: limits },
  });
  const register = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${relay.url}/register`, { method: 'POST', headers })).status;
  };
  return { statuses: await Promise.all(tokens.map(register)), log: relay.log };
}

for (const seconds of [3, 6]) {
  test(`300 agents register at an issuer that takes ${seconds} s for each answer`, async () => {
    const { statuses } = await registerAll(seconds);
    assert.equal(
      statuses,
      statuses.map(() => 200),
    );
    assert.is(servers.requests.length, 2);
  });
}

test('an issuer that takes longer than the limit is called slow in the log', () =>
  undisturbed(async () => {
    const { statuses, log } = await registerAll(12, { oidcReadMs: 1_000, oidcWaitMs: 2_000 });
    assert.equal(
      statuses,
      statuses.map(() => 503),
    );
    assert.match(log(), /oidc: the provider is slow: it has not answered within [12] s/);
    assert.ok(servers.requests.length < 5, `${servers.requests.length} requests`);
  }));

test.run();
