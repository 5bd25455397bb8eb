import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Identity } from '../../../relay/identity/identity.ts';
import { PROVIDER_LIMITS } from '../../../relay/providers/limits.ts';
import { ProviderUnavailable } from '../../../relay/providers/provider.ts';
import { ProviderClient } from '../../../relay/providers/provider-client.ts';
import {
  GENESYS,
  json,
  providerServers,
  SALESFORCE,
  startProviderServers,
  TOKENS,
  TWILIO,
} from '../../helpers/provider-servers.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { until } from '../../helpers/until.ts';
import { limitsWithin, setUp } from './provider-setup.ts';

const servers = await providerServers(test);

type Context = { dispatcher: Dispatcher; timeoutMs?: number };
type Verify = (context: Context) => { verdict: Promise<Identity | undefined>; lines: string[] };

const viaRegister =
  (option: string, token: string): Verify =>
  (context) => {
    const { providers, lines } = setUp({ AUTH_OPTION: option }, context);
    return { verdict: providers.verify(`Bearer ${token}`), lines };
  };

/** Each provider with a token that is good, if only the provider would say so. */
const GOOD: [provider: string, verify: Verify, body: unknown][] = [
  [
    'Salesforce',
    viaRegister('Salesforce', TOKENS.salesforce),
    {
      organization_id: SALESFORCE.longOrganization,
      user_id: SALESFORCE.user,
    },
  ],
  [
    'GenesysCloud',
    viaRegister('GenesysCloud', TOKENS.genesys),
    {
      id: GENESYS.user,
      organization: { id: GENESYS.organization },
    },
  ],
  ['Twilio', viaRegister('Twilio', TOKENS.flex), { valid: true, identity: 'agent' }],
  [
    'APP_AUTH_OPTION=Twilio',
    (context) => {
      const { appProvider, lines } = setUp({ APP_AUTH_OPTION: 'Twilio' }, context);
      const body = { accountSid: TWILIO.account, authToken: TWILIO.authToken };
      return { verdict: appProvider.verify(body), lines };
    },
    { sid: TWILIO.account, status: 'active' },
  ],
];

const SECRETS = [
  TOKENS.salesforce,
  TOKENS.genesys,
  TOKENS.flex,
  TWILIO.authToken,
  Buffer.from(`${TWILIO.account}:${TWILIO.authToken}`).toString('base64'),
];

function assertNoSecret(text: string): void {
  for (const secret of SECRETS) assert.not.ok(text.includes(secret), text);
}

async function outcomeOf({ verdict, lines }: ReturnType<Verify>): Promise<string> {
  const outcome = await verdict.then(
    (identity) => (identity === undefined ? 'refused' : 'let in'),
    (error: unknown) => {
      assert.instance(error, ProviderUnavailable);
      assertNoSecret(`${error} ${(error as Error).stack} ${JSON.stringify(error)} ${(error as Error).cause}`);
      return 'unavailable';
    },
  );
  assertNoSecret(lines.join());
  return outcome;
}

type Answer = (response: ServerResponse, body: string) => unknown;
const pad = (body: string) =>
  body.replace(/\}$/, `,"padding":"${'x'.repeat(PROVIDER_LIMITS.answerMaxBytes)}"}`);
const redirect =
  (status: number): Answer =>
  (response) =>
    response.writeHead(status, { location: 'https://evil.example/collect' }).end();
const TROUBLE: [name: string, answer: Answer, outcome: string][] = [
  ['the right answer', (response, body) => response.end(body), 'let in'],
  [
    'the right answer, compressed',
    (response, body) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body));
    },
    'let in',
  ],
  ['a huge answer', (response, body) => response.end(pad(body)), 'refused'],
  [
    'a huge answer, compressed',
    (response, body) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(pad(body)));
    },
    'refused',
  ],
  ['a redirect', redirect(302), 'refused'],
  ['a permanent redirect', redirect(308), 'refused'],
  ['201 instead of 200', (response, body) => response.writeHead(201).end(body), 'refused'],
  ['204', (response) => response.writeHead(204).end(), 'refused'],
  ['400', (response, body) => response.writeHead(400).end(body), 'refused'],
  ['401', (response, body) => response.writeHead(401).end(body), 'refused'],
  ['404', (response, body) => response.writeHead(404).end(body), 'refused'],
  ['429', (response, body) => response.writeHead(429).end(body), 'unavailable'],
  ['500', (response, body) => response.writeHead(500).end(body), 'unavailable'],
  ['503', (response, body) => response.writeHead(503).end(body), 'unavailable'],
  [
    'an answer that breaks off',
    (response, body) => {
      response.writeHead(200, { 'content-length': '1000' }).write(body.slice(0, 5));
      setTimeout(() => response.destroy(), 20);
    },
    'unavailable',
  ],
  ['an answer that is no HTTP', (response) => response.socket?.end('garbage\r\n\r\n'), 'unavailable'],
  [
    'a broken compression',
    (response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(randomBytes(100));
    },
    'unavailable',
  ],
];
for (const [provider, verify, body] of GOOD) {
  for (const [name, answer, outcome] of TROUBLE) {
    test(`with ${name} of ${provider}: ${outcome}`, async () => {
      servers.answer = (_request, response) => answer(response, JSON.stringify(body));
      assert.is(await outcomeOf(verify(servers)), outcome);
      assert.is(servers.requests.length, 1);
    });
  }

  test(`${provider} without its stand-in's interference lets the caller in`, async () => {
    assert.is(await outcomeOf(verify(servers)), 'let in');
  });

  for (const garbage of [
    '',
    'not json',
    '<html></html>',
    '[]',
    '5',
    'null',
    '"text"',
    `${'['.repeat(20_000)}`,
  ]) {
    test(`the answer "${garbage.slice(0, 15)}" of ${provider} fails nothing else`, async () => {
      servers.answer = (_request, response) => response.end(garbage);
      // The body of the customer's own /verify function may be anything.
      assert.is(await outcomeOf(verify(servers)), provider === 'Twilio' ? 'let in' : 'refused');
    });
  }

  test(`${provider} that never answers is given up after the limit`, async () => {
    servers.answer = () => {};
    const attempt = verify({ dispatcher: servers.dispatcher, timeoutMs: 50 });
    assert.is(await outcomeOf(attempt), 'unavailable');
  });

  test(`${provider} whose answer never ends is given up after the limit`, async () => {
    servers.answer = (_request, response) => {
      response.writeHead(200).write('{');
    };
    const attempt = verify({ dispatcher: servers.dispatcher, timeoutMs: 50 });
    assert.is(await outcomeOf(attempt), 'unavailable');
  });

  test(`${provider} that is down is unavailable`, async () => {
    const down = await startProviderServers();
    await down.close();
    assert.is(await outcomeOf(verify(down)), 'unavailable');
    const { verdict } = verify(down);
    await verdict.catch((error: Error) => assert.match(error.message, 'ECONNREFUSED'));
  });
}

test('the log names the limit that a huge answer exceeds', async () => {
  servers.answer = (_request, response) => response.end(pad('{}'));
  const attempt = viaRegister('Salesforce', TOKENS.salesforce)(servers);
  assert.is(await outcomeOf(attempt), 'refused');
  assert.match(attempt.lines.join(), `answer too large: over ${PROVIDER_LIMITS.answerMaxBytes} bytes`);
});

test('what the provider says is not read further once it is too much', async () => {
  let isCut = false;
  servers.answer = (_request, response) => {
    response.on('close', () => {
      isCut = !response.writableFinished;
    });
    const chunk = 'x'.repeat(16 * 1024);
    const write = () => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', write);
    };
    write();
  };
  const verify = viaRegister('Salesforce', TOKENS.salesforce);
  assert.is(await outcomeOf(verify(servers)), 'refused');
  await until(() => isCut);
  assert.ok(isCut);
});

test('one call above the limit is refused at once, until another one ends', async () => {
  let asked = 0;
  servers.answer = (_request, response) => {
    asked += 1;
    if (asked >= PROVIDER_LIMITS.callsMax) response.end('{}');
  };
  const client = new ProviderClient('test', {
    dispatcher: servers.dispatcher,
    logger: quietLogger,
    limits: limitsWithin(30_000), // a busy machine takes a while to open so many
  });
  const ask = () => client.ask('https://provider.example.com/', { method: 'GET', headers: {} });
  for (let calls = 1; calls < PROVIDER_LIMITS.callsMax; calls += 1) ask().catch(() => {});
  const last = ask();
  await ask().then(assert.unreachable, (error) => assert.instance(error, ProviderUnavailable));
  assert.is(await last, '{}');
  assert.is(asked, PROVIDER_LIMITS.callsMax);
  assert.is(await ask(), '{}');
});

test('an answer that comes before the limit is waited for', async () => {
  servers.answer = (_request, response) => {
    setTimeout(() => json(response, 200, { valid: true }), 100);
  };
  const verify = viaRegister('Twilio', TOKENS.flex);
  assert.is(await outcomeOf(verify({ dispatcher: servers.dispatcher, timeoutMs: 10_000 })), 'let in');
});

test.run();
