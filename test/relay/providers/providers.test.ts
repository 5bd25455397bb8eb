import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRelayConfig } from '../../../relay/config.ts';
import { AUTH_OPTIONS } from '../../../relay/providers/providers.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { GENESYS, providerServers, SALESFORCE, TOKENS, TWILIO } from '../../helpers/provider-servers.ts';
import { PROVIDER_ENV, setUp } from './provider-setup.ts';

const servers = await providerServers(test);

const ALL = 'Salesforce,GenesysCloud, Twilio';

test('without AUTH_OPTION nobody is let in, and nobody is asked', async () => {
  const { providers } = setUp({ AUTH_OPTION: '' }, servers);
  for (const credential of ['', 'Bearer x', TOKENS.salesforce])
    assert.is(await providers.verify(credential, 'Salesforce'), undefined);
  assert.is(servers.requests.length, 0);
});

test('Skip lets everybody in, as nobody in particular', async () => {
  const { providers } = setUp({ AUTH_OPTION: 'Skip' }, servers);
  for (const credential of ['', 'Bearer x', 'two words', 'x'.repeat(10_000)])
    assert.equal(await providers.verify(credential, 'anything'), { subject: 'skip:anonymous' });
  assert.is(servers.requests.length, 0);
});

const NAMED: [provider: string, token: string, host: string][] = [
  ['Salesforce', TOKENS.salesforce, SALESFORCE.domain],
  ['GenesysCloud', TOKENS.genesys, `api.${GENESYS.environment}`],
  ['Twilio', TOKENS.flex, TWILIO.environment],
];
for (const [provider, token, host] of NAMED) {
  test(`only ${provider} sees a token with its name`, async () => {
    const { providers } = setUp({ AUTH_OPTION: ALL, AUTH_PROVIDER_PARAMETER: 'required' }, servers);
    assert.ok(await providers.verify(token, provider));
    assert.equal(
      servers.requests.map((request) => request.host),
      [host],
    );
  });

  test(`no provider sees a token of ${provider} without its name`, async () => {
    const { providers } = setUp({ AUTH_OPTION: ALL, AUTH_PROVIDER_PARAMETER: 'required' }, servers);
    assert.is(await providers.verify(token), undefined);
    assert.is(await providers.verify(token, 'Skip'), undefined);
    assert.is(servers.requests.length, 0);
  });
}

test("a JWT of one's own Salesforce domain goes to Salesforce, whatever is named", async () => {
  const claims = Buffer.from(JSON.stringify({ iss: `https://${SALESFORCE.domain}` })).toString('base64url');
  const { providers } = setUp({ AUTH_OPTION: ALL, AUTH_PROVIDER_PARAMETER: 'required' }, servers);
  await providers.verify(`Bearer e30.${claims}.c2ln`, 'GenesysCloud');
  assert.equal(
    servers.requests.map(({ host }) => host),
    [SALESFORCE.domain],
  );
});

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readRelayConfig({ ...PROVIDER_ENV, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

for (const option of AUTH_OPTIONS) {
  test(`with all that it needs the relay starts with ${option}`, () => {
    assert.equal(faultsOf({ AUTH_OPTION: option }), []);
  });
}

const STARTS: Record<string, string>[] = [
  { AUTH_OPTION: 'Salesforce,SalesforceLWC' },
  { AUTH_OPTION: ALL, AUTH_PROVIDER_PARAMETER: 'required' },
  { AUTH_OPTION: 'SalesforceLWC', APP_AUTH_OPTION: 'Twilio' },
  { AUTH_OPTION: 'Salesforce,OIDC' },
  { AUTH_OPTION: 'OIDC', OIDC_ISSUER: 'https://accounts.google.com', OIDC_REQUIRED_CLAIMS: 'hd=example.com' },
  { AUTH_OPTION: 'GenesysCloud', GENESYS_CLOUD_ORGANIZATION_ID: '', GENESYS_CLOUD_ANY_ORGANIZATION: 'allow' },
  { AUTH_OPTION: 'GenesysCloud', K_SERVICE: 'relay' },
  { AUTH_OPTION: 'Skip', K_SERVICE: 'relay', AUTH_SKIP_ON_CLOUD_RUN: 'allow' },
  { AUTH_OPTION: '', K_SERVICE: 'relay' },
];
for (const env of STARTS) {
  test(`the relay starts with ${JSON.stringify(env).slice(0, 50)}`, () => {
    assert.equal(faultsOf(env), []);
  });
}

const REFUSALS: [env: Record<string, string>, variable: string][] = [
  [{ AUTH_OPTION: 'Salesforce', SALESFORCE_DOMAIN: '' }, 'SALESFORCE_DOMAIN'],
  [{ AUTH_OPTION: 'SalesforceLWC', SALESFORCE_ORGANIZATION_ID: '' }, 'SALESFORCE_ORGANIZATION_ID'],
  [{ AUTH_OPTION: 'GenesysCloud', GENESYS_CLOUD_ENVIRONMENT: '' }, 'GENESYS_CLOUD_ENVIRONMENT'],
  [{ AUTH_OPTION: 'GenesysCloud', GENESYS_CLOUD_ORGANIZATION_ID: '' }, 'GENESYS_CLOUD_ORGANIZATION_ID'],
  [{ AUTH_OPTION: 'Twilio', TWILIO_FLEX_ENVIRONMENT: '' }, 'TWILIO_FLEX_ENVIRONMENT'],
  [{ APP_AUTH_OPTION: 'Twilio', TWILIO_ACCOUNT_SID: '' }, 'TWILIO_ACCOUNT_SID'],
  [{ AUTH_OPTION: 'Skip', K_SERVICE: 'relay' }, 'AUTH_OPTION'],
  [{ AUTH_OPTION: 'Skip', K_SERVICE: 'relay', AUTH_SKIP_ON_CLOUD_RUN: 'true' }, 'AUTH_SKIP_ON_CLOUD_RUN'],
  [{ AUTH_OPTION: 'Skip,Salesforce', AUTH_PROVIDER_PARAMETER: 'required' }, 'AUTH_OPTION'],
  [{ AUTH_OPTION: 'Salesforce,GenesysCloud' }, 'AUTH_PROVIDER_PARAMETER'],
  [{ AUTH_OPTION: 'GenesysCloud,Twilio' }, 'AUTH_PROVIDER_PARAMETER'],
  [{ AUTH_OPTION: 'Salesforce,Okta' }, 'AUTH_OPTION'],
  [{ AUTH_OPTION: 'Salesforce,' }, 'AUTH_OPTION'],
  [{ APP_AUTH_OPTION: 'twilio' }, 'APP_AUTH_OPTION'],
  [{ APP_AUTH_OPTION: 'Salesforce' }, 'APP_AUTH_OPTION'],
  ...['YOUR_DOMAIN.my.salesforce.com', 'https://a.my.salesforce.com', 'a.my.salesforce.com/x']
    .concat(['a.my.salesforce.com:8443', 'u@a.my.salesforce.com', 'evil.example#.my.salesforce.com'])
    .concat(['a.my.salesforce.com.evil.example', 'evilsalesforce.com', 'salesforce.com', 'a..salesforce.com'])
    .concat(['a.my.salesforce.com\n', '127.0.0.1', 'localhost'])
    .map((domain): [Record<string, string>, string] => [{ SALESFORCE_DOMAIN: domain }, 'SALESFORCE_DOMAIN']),
  ...['00D', '00DD0000000Iqh', '00DD0000000IqhSAAA', '001D000000IqhSLIAZ', '00dd0000000iqhs'].map(
    (id): [Record<string, string>, string] => [
      { SALESFORCE_ORGANIZATION_ID: id },
      'SALESFORCE_ORGANIZATION_ID',
    ],
  ),
  ...['api.mypurecloud.com', 'mypurecloud.evil', 'evil.example', 'x/usw2.pure.cloud', 'usw2.pure.cloud@evil']
    .concat(['evilpure.cloud', 'mypurecloud.com.evil.example', 'us-east-1'])
    .map((region): [Record<string, string>, string] => [
      { GENESYS_CLOUD_ENVIRONMENT: region },
      'GENESYS_CLOUD_ENVIRONMENT',
    ]),
  [{ GENESYS_CLOUD_ORGANIZATION_ID: 'My Organization' }, 'GENESYS_CLOUD_ORGANIZATION_ID'],
  [{ GENESYS_CLOUD_ANY_ORGANIZATION: 'yes' }, 'GENESYS_CLOUD_ANY_ORGANIZATION'],
  ...[
    'YOUR_DOMAIN.twil.io',
    'twil.io',
    'a.twil.io.evil.example',
    'a.twil.io/x',
    'eviltwil.io',
    'a.twil.io:1',
  ].map((host): [Record<string, string>, string] => [
    { TWILIO_FLEX_ENVIRONMENT: host },
    'TWILIO_FLEX_ENVIRONMENT',
  ]),
  [{ AUTH_OPTION: 'OIDC', OIDC_ISSUER: '' }, 'OIDC_ISSUER'],
  [{ AUTH_OPTION: 'OIDC', OIDC_AUDIENCE: '' }, 'OIDC_AUDIENCE'],
  [{ AUTH_OPTION: 'OIDC', OIDC_ISSUER: 'https://accounts.google.com' }, 'OIDC_REQUIRED_CLAIMS'],
  ...[
    'http://example.okta.com',
    'example.okta.com',
    'https://example.okta.com?x',
    'https://u@example.okta.com',
  ]
    .concat(['https://login.microsoftonline.com/{tenantid}/v2.0', 'https://YOUR_DOMAIN.okta.com', 'https://'])
    .concat(['https://example.okta.com/#', ' https://example.okta.com', 'https://example.okta.com//'])
    .map((issuer): [Record<string, string>, string] => [{ OIDC_ISSUER: issuer }, 'OIDC_ISSUER']),
  [{ OIDC_AUDIENCE: 'a,,b' }, 'OIDC_AUDIENCE'],
  [{ OIDC_REQUIRED_CLAIMS: 'tid' }, 'OIDC_REQUIRED_CLAIMS'],
  [{ OIDC_ROLE_CLAIM: 'my role' }, 'OIDC_ROLE_CLAIM'],
  [{ OIDC_AGENT_ROLES: ',' }, 'OIDC_AGENT_ROLES'],
  [{ OIDC_SUPERVISOR_ROLES: 'a,' }, 'OIDC_SUPERVISOR_ROLES'],
  [{ OIDC_CONVERSATIONS_CLAIM: ' ' }, 'OIDC_CONVERSATIONS_CLAIM'],
  ...['AC', `SK${'2'.repeat(32)}`, `AC${'2'.repeat(32)}/..`, `AC${'2'.repeat(33)}`].map(
    (sid): [Record<string, string>, string] => [{ TWILIO_ACCOUNT_SID: sid }, 'TWILIO_ACCOUNT_SID'],
  ),
];
for (const [env, variable] of REFUSALS) {
  test(`${variable} prevents the start in ${JSON.stringify(env).slice(0, 25)}`, () => {
    const [fault, ...others] = faultsOf(env);
    assert.equal(others, []);
    assert.match(fault ?? '', new RegExp(`^${variable} `));
    assert.match(fault ?? '', 'set it to');
  });
}

const HOSTS: [variable: string, value: string][] = [
  ['SALESFORCE_DOMAIN', 'Example--uat.sandbox.my.salesforce.com'],
  ['SALESFORCE_DOMAIN', 'login.salesforce.com'],
  ['SALESFORCE_DOMAIN', 'example.my.site.com'],
  ['SALESFORCE_DOMAIN', 'example.my.salesforce.mil'],
  ['SALESFORCE_DOMAIN', 'example--uat.sandbox.my.sfcrmproducts.cn'],
  ['GENESYS_CLOUD_ENVIRONMENT', 'mypurecloud.com'],
  ['GENESYS_CLOUD_ENVIRONMENT', 'mypurecloud.com.au'],
  ['GENESYS_CLOUD_ENVIRONMENT', 'mypurecloud.ie'],
  ...['usw2', 'cac1', 'sae1', 'euw2', 'euc2', 'mec1', 'aps1', 'apne2', 'apne3'].map(
    (region): [string, string] => ['GENESYS_CLOUD_ENVIRONMENT', `${region}.pure.cloud`],
  ),
  ['GENESYS_CLOUD_ENVIRONMENT', 'use2.us-gov-pure.cloud'],
  ['TWILIO_FLEX_ENVIRONMENT', 'serverless-1234-dev.twil.io'],
];
for (const [variable, value] of HOSTS) {
  test(`${variable} may be ${value?.slice(0, 40)}`, () => {
    assert.equal(faultsOf({ [variable]: value }), []);
  });
}

test.run();
