import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { json, providerServers, TWILIO } from '../../helpers/provider-servers.ts';
import { setUp } from './provider-setup.ts';

const servers = await providerServers(test);

const GOOD = { accountSid: TWILIO.account, authToken: TWILIO.authToken };

test('an application with the credentials of the account is let in, as the account', async () => {
  const { appProvider } = setUp({ APP_AUTH_OPTION: 'Twilio' }, servers);
  assert.equal(await appProvider.verify(GOOD), { subject: `twilio-app:${TWILIO.account}` });
  const [request] = servers.requests;
  assert.is(request?.host, 'api.twilio.com');
  assert.is(request?.url, `/2010-04-01/Accounts/${TWILIO.account}.json`);
  assert.not.ok(request?.url.includes(TWILIO.authToken));
});

test('without APP_AUTH_OPTION no application is let in, and none is asked about', async () => {
  const { appProvider } = setUp({ AUTH_OPTION: 'Twilio' }, servers);
  assert.is(await appProvider.verify(GOOD), undefined);
  assert.is(servers.requests.length, 0);
});

test('a wrong auth token is refused', async () => {
  const { appProvider, lines } = setUp({ APP_AUTH_OPTION: 'Twilio' }, servers);
  assert.is(await appProvider.verify({ ...GOOD, authToken: 'wrong' }), undefined);
  assert.match(lines.join(), 'status 401');
});

const NO_CREDENTIALS: Record<string, unknown>[] = [
  {},
  { accountSid: TWILIO.account },
  { authToken: TWILIO.authToken },
  { ...GOOD, accountSid: 'None' },
  { ...GOOD, accountSid: `${TWILIO.account}:x` },
  { ...GOOD, accountSid: [TWILIO.account] },
  { ...GOOD, accountSid: { a: 1 } },
  { ...GOOD, authToken: '' },
  { ...GOOD, authToken: 5 },
  { ...GOOD, authToken: 'a\r\nx-injected: 1' },
  { ...GOOD, authToken: 'x'.repeat(257) },
];
for (const body of NO_CREDENTIALS) {
  test(`Twilio is not asked about ${JSON.stringify(body).slice(0, 50)}`, async () => {
    const { appProvider } = setUp({ APP_AUTH_OPTION: 'Twilio' }, servers);
    assert.is(await appProvider.verify(body), undefined);
    assert.is(servers.requests.length, 0);
  });
}

const ANSWERS: unknown[] = [
  {},
  { sid: TWILIO.otherAccount, status: 'active' },
  { sid: [TWILIO.account], status: 'active' },
  { sid: TWILIO.account, status: 'closed' },
  { sid: TWILIO.account, status: 'suspended' },
];
for (const answer of ANSWERS) {
  test(`the answer ${JSON.stringify(answer)?.slice(0, 40)} lets nobody in`, async () => {
    servers.answer = (_request, response) => json(response, 200, answer);
    const { appProvider } = setUp({ APP_AUTH_OPTION: 'Twilio' }, servers);
    assert.is(await appProvider.verify(GOOD), undefined);
    assert.is(servers.requests.length, 1);
  });
}

test.run();
