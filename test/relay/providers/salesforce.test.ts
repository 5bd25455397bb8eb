import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { json, providerServers, SALESFORCE, TOKENS } from '../../helpers/provider-servers.ts';
import { setUp } from './provider-setup.ts';

const servers = await providerServers(test);

const SUBJECT = `salesforce:${SALESFORCE.longOrganization}:${SALESFORCE.user}`;

for (const option of ['Salesforce', 'SalesforceLWC', 'Salesforce,SalesforceLWC']) {
  for (const prefix of ['', 'Bearer ', 'bearer ', 'BEARER  ']) {
    test(`${option} shows Salesforce a token that came after "${prefix}"`, async () => {
      const { providers } = setUp({ AUTH_OPTION: option }, servers);
      assert.equal(await providers.verify(`${prefix}${TOKENS.salesforce}`), { subject: SUBJECT });
      const [request, ...others] = servers.requests;
      assert.is(others.length, 0);
      assert.is(request?.host, SALESFORCE.domain);
      assert.is(request?.url, '/services/oauth2/userinfo');
      assert.is(request?.headers.authorization, `Bearer ${TOKENS.salesforce}`);
    });
  }
}

test('an organization of 15 characters is that of 18', async () => {
  const env = { AUTH_OPTION: 'Salesforce', SALESFORCE_ORGANIZATION_ID: SALESFORCE.organization };
  assert.equal(await setUp(env, servers).providers.verify(TOKENS.salesforce), { subject: SUBJECT });
});

test('a token of another organization, different in the case of one letter, is refused', async () => {
  const [ours, theirs] = [SALESFORCE.organization, SALESFORCE.otherOrganization.slice(0, 15)];
  assert.is.not(ours, theirs);
  assert.is(ours.toLowerCase(), theirs.toLowerCase());
  const { providers, lines } = setUp({ AUTH_OPTION: 'Salesforce' }, servers);
  assert.is(await providers.verify(TOKENS.salesforceOther), undefined);
  assert.match(lines.join(), 'another organization');
});

test('a token that Salesforce does not know is refused', async () => {
  const { providers, lines } = setUp({ AUTH_OPTION: 'SalesforceLWC' }, servers);
  assert.is(await providers.verify('Bearer stolen'), undefined);
  assert.match(lines.join(), 'status 403');
});

const ANSWERS: [name: string, answer: unknown][] = [
  ['no fields', {}],
  ['no organization', { user_id: SALESFORCE.user }],
  ['the beginning of the organization', { user_id: SALESFORCE.user, organization_id: '00D' }],
  ['no user', { organization_id: SALESFORCE.longOrganization }],
  ['an empty user', { organization_id: SALESFORCE.longOrganization, user_id: '' }],
  [
    'an inactive user',
    { organization_id: SALESFORCE.longOrganization, user_id: SALESFORCE.user, active: false },
  ],
  [
    'a user that is active by a text',
    { organization_id: SALESFORCE.longOrganization, user_id: SALESFORCE.user, active: 'true' },
  ],
];
for (const [name, answer] of ANSWERS) {
  test(`an answer with ${name} lets nobody in`, async () => {
    servers.answer = (_request, response) => json(response, 200, answer);
    const { providers } = setUp({ AUTH_OPTION: 'Salesforce' }, servers);
    assert.is(await providers.verify(TOKENS.salesforce), undefined);
    assert.is(servers.requests.length, 1);
  });
}

test.run();
