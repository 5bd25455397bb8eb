import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GENESYS, json, providerServers, TOKENS } from '../../helpers/provider-servers.ts';
import { setUp } from './provider-setup.ts';

const servers = await providerServers(test);

test('an agent of the organization is let in, as the user whom Genesys names', async () => {
  const { providers } = setUp({ AUTH_OPTION: 'GenesysCloud' }, servers);
  for (const prefix of ['', 'Bearer ', 'bearer ']) {
    assert.equal(await providers.verify(`${prefix}${TOKENS.genesys}`), {
      subject: `genesys:${GENESYS.organization}:${GENESYS.user}`,
    });
  }
  for (const { host, url, headers } of servers.requests) {
    assert.is(host, 'api.usw2.pure.cloud');
    assert.is(url, '/api/v2/users/me?expand=organization');
    assert.is(headers.authorization, `Bearer ${TOKENS.genesys}`);
  }
  assert.is(servers.requests.length, 3);
});

test('the case of the configured organization does not matter', async () => {
  const env = {
    AUTH_OPTION: 'GenesysCloud',
    GENESYS_CLOUD_ORGANIZATION_ID: GENESYS.organization.toUpperCase(),
  };
  assert.ok(await setUp(env, servers).providers.verify(TOKENS.genesys));
});

test('an agent of another customer in the same region is refused', async () => {
  const { providers, lines } = setUp({ AUTH_OPTION: 'GenesysCloud' }, servers);
  assert.is(await providers.verify(TOKENS.genesysOther), undefined);
  assert.match(lines.join(), 'another organization');
});

test('agents of every customer are let in where the operator said so', async () => {
  const env = {
    AUTH_OPTION: 'GenesysCloud',
    GENESYS_CLOUD_ORGANIZATION_ID: '',
    GENESYS_CLOUD_ANY_ORGANIZATION: 'allow',
  };
  assert.equal(await setUp(env, servers).providers.verify(TOKENS.genesysOther), {
    subject: `genesys:${GENESYS.otherOrganization}:${GENESYS.user}`,
  });
});

test('an organization that is named holds, whatever else is allowed', async () => {
  const env = { AUTH_OPTION: 'GenesysCloud', GENESYS_CLOUD_ANY_ORGANIZATION: 'allow' };
  assert.is(await setUp(env, servers).providers.verify(TOKENS.genesysOther), undefined);
});

test('a token that Genesys does not know is refused', async () => {
  const { providers, lines } = setUp({ AUTH_OPTION: 'GenesysCloud' }, servers);
  assert.is(await providers.verify('stolen'), undefined);
  assert.match(lines.join(), 'status 401');
});

const ANSWERS: unknown[] = [
  {},
  { id: GENESYS.user },
  { id: GENESYS.user, organization: {} },
  { id: GENESYS.user, organization: { id: [GENESYS.organization] } },
  { id: '', organization: { id: GENESYS.organization } },
  { organization: { id: GENESYS.organization } },
];
for (const answer of ANSWERS) {
  test(`the answer ${JSON.stringify(answer)?.slice(0, 40)} lets nobody in`, async () => {
    servers.answer = (_request, response) => json(response, 200, answer);
    const { providers } = setUp({ AUTH_OPTION: 'GenesysCloud' }, servers);
    assert.is(await providers.verify(TOKENS.genesys), undefined);
    assert.is(servers.requests.length, 1);
  });
}

test.run();
