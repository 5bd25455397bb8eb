import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { json, providerServers, TOKENS, TWILIO } from '../../helpers/provider-servers.ts';
import { setUp } from './provider-setup.ts';

const servers = await providerServers(test);

test("a Flex user is let in, as the worker whom the customer's function names", async () => {
  const { providers } = setUp({ AUTH_OPTION: 'Twilio' }, servers);
  for (const prefix of ['', 'Bearer ', 'bearer ']) {
    assert.equal(await providers.verify(`${prefix}${TOKENS.flex}`), {
      subject: `twilio:${TWILIO.environment}:${TWILIO.worker}`,
    });
  }
  for (const request of servers.requests) {
    assert.is(request.host, TWILIO.environment);
    assert.is(`${request.method} ${request.url}`, 'POST /verify');
    assert.is(request.headers['content-type'], 'application/json');
    assert.equal(JSON.parse(request.body), { Token: TOKENS.flex });
  }
});

test('a token that the function refuses is refused', async () => {
  const { providers, lines } = setUp({ AUTH_OPTION: 'Twilio' }, servers);
  assert.is(await providers.verify('Bearer stolen'), undefined);
  assert.match(lines.join(), 'status 403');
});

const ANSWERS: [body: unknown, user: string | undefined][] = [
  [{ valid: true, realm_user_id: 'agent@example.com', identity: 'agent' }, ':agent@example.com'],
  [{ valid: true, identity: 'agent' }, ':agent'],
  [{ valid: true, worker_sid: '', identity: 5 }, ''],
  [{ valid: true, identity: 'x'.repeat(257) }, ''],
  ['ok', ''],
  [null, ''],
  [{ valid: false, identity: 'agent' }, undefined],
  [{ valid: 'false', identity: 'agent' }, undefined],
  [{ valid: [true], identity: 'agent' }, undefined],
  [{ valid: null, identity: 'agent' }, undefined],
];
for (const [body, user] of ANSWERS) {
  const outcome = user === undefined ? 'refused' : `let in as twilio:DOMAIN${user}`;
  test(`${JSON.stringify(body).slice(0, 20)}: a user is ${outcome}`, async () => {
    servers.answer = (_request, response) => json(response, 200, body);
    const identity = await setUp({ AUTH_OPTION: 'Twilio' }, servers).providers.verify(TOKENS.flex);
    assert.equal(
      identity,
      user === undefined ? undefined : { subject: `twilio:${TWILIO.environment}${user}` },
    );
  });
}

test.run();
