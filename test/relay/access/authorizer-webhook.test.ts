import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  AuthorizerUnavailable,
  createWebhook,
  type Question,
} from '../../../relay/access/authorizer-webhook.ts';
import { ACCESS_LIMITS } from '../../../relay/access/limits.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { ALLOW, AuthorizerServer, BREAK, DENY, json, type Reply, SILENCE } from './authorizer-server.ts';

const QUESTION: Question = {
  agent: { sub: 'genesys:organization:user', provider: 'genesys' },
  conversation: 'projects/demo-project/conversations/c',
  action: 'join',
};

const fixture = new Fixture(test);
let server: AuthorizerServer;

test.before.each(async () => {
  server = await fixture.keep(new AuthorizerServer()).start();
});

function webhook(options: { token?: string; timeoutMs?: number; url?: string } = {}) {
  const { token, timeoutMs = 30_000, url = server.url } = options;
  const limits = { ...ACCESS_LIMITS, authorizerTimeoutMs: timeoutMs };
  return fixture.keep(createWebhook({ url, token, limits }));
}

/** Why there is no answer, and whether that is for an outage. */
async function failureOf(asking: Promise<unknown>): Promise<[reason: string, isOutage: boolean]> {
  const error = await asking.then(
    () => assert.unreachable('there was an answer'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AuthorizerUnavailable);
  return [error.message, error.isOutage];
}

test('the webhook is asked with who, what and which conversation, and nothing else', async () => {
  server.reply = ALLOW;
  assert.equal(await webhook().ask(QUESTION), { decision: 'allow' });
  const { headers, method, path, ...body } = server.last;
  assert.equal({ method, path, body }, { method: 'POST', path: '/authorize?tenant=1', body: QUESTION });
  assert.is(headers['content-type'], 'application/json');
  assert.is(headers.authorization, undefined);
});

test("the webhook gets the trace of a request, if there is one, and the relay's token", async () => {
  await webhook({ token: 'a-secret-of-the-webhook' }).ask(QUESTION, 'projects/demo-project/traces/1');
  assert.is(server.last.trace, 'projects/demo-project/traces/1');
  assert.is(server.last.headers.authorization, 'Bearer a-secret-of-the-webhook');
});

for (const [what, body, answer] of [
  ['a deny', { decision: 'deny' }, { decision: 'deny' }],
  ['a role', { decision: 'allow', role: 'supervisor' }, { decision: 'allow', role: 'supervisor' }],
  ['no role as null', { decision: 'allow', role: null }, { decision: 'allow', role: null }],
  ['more than is known', { decision: 'allow', ttl: 5 }, { decision: 'allow' }],
] as const) {
  test(`an answer with ${what} is understood`, async () => {
    server.reply = json(body);
    assert.equal(await webhook().ask(QUESTION), answer);
  });
}

const big = json({ decision: 'allow', why: 'x'.repeat(ACCESS_LIMITS.authorizerAnswerMaxBytes) });
const bigInParts: Reply = (response) => {
  response.write('{"decision":"allow","why":"');
  for (let size = 0; size <= ACCESS_LIMITS.authorizerAnswerMaxBytes; size += 1024)
    response.write('x'.repeat(1024));
  response.end('"}');
};
/** A few bytes of gzip that are far more once they are unpacked; nobody asked for it. */
const packed: Reply = (response) =>
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    .end(gzipSync(`{"decision":"allow","why":"${'x'.repeat(1024 * 1024)}"}`));
const redirect: Reply = (response, asked) =>
  asked.path === '/elsewhere'
    ? ALLOW(response, asked)
    : response.writeHead(307, { location: '/elsewhere' }).end();

const CONFUSED = 'not an answer';
const LARGE = `answer too large: over ${ACCESS_LIMITS.authorizerAnswerMaxBytes} bytes`;
for (const [what, reply, reason, isOutage] of [
  ['no JSON', (response) => response.end('allow'), CONFUSED, false],
  ['another decision', json({ decision: 'Allow' }), CONFUSED, false],
  ['a deny in other letters', json({ decision: 'Deny' }), CONFUSED, false],
  ['no decision', json({ role: 'agent' }), CONFUSED, false],
  ['a role that is none', json({ decision: 'allow', role: 'admin' }), CONFUSED, false],
  ['a list', json([{ decision: 'allow' }]), CONFUSED, false],
  ['a packed answer', packed, CONFUSED, false],
  ['nothing', (response) => response.end(), CONFUSED, false],
  ['null', json(null), CONFUSED, false],
  [
    'a decision in a prototype',
    (response) => response.end('{"__proto__":{"decision":"allow"}}'),
    CONFUSED,
    false,
  ],
  ['an allow in a list', json({ decision: ['allow'] }), CONFUSED, false],
  ['roles in a list', json({ decision: 'allow', role: ['agent'] }), CONFUSED, false],
  ['an allow that is a 201', json({ decision: 'allow' }, 201), 'status 201', false],
  ['a redirect', redirect, 'status 307', false],
  ['a status that does not know the relay', json({}, 401), 'status 401', false],
  ['a status that is meant as a no', json({ decision: 'deny' }, 403), 'status 403', false],
  ['a status that there is no such route', json({}, 404), 'status 404', false],
  ['too many questions', json({}, 429), 'status 429', true],
  ['an allow that is an error', json({ decision: 'allow' }, 500), 'status 500', true],
  ['a gateway without a server', json({}, 503), 'status 503', true],
  ['too much', big, LARGE, false],
  ['too much in parts', bigInParts, LARGE, false],
  ['a broken connection', BREAK, 'UND_ERR_SOCKET', true],
] satisfies [string, Reply, string, boolean][]) {
  test(`${what} is no answer${isOutage ? ', as in an outage' : ''}`, async () => {
    server.reply = reply;
    assert.equal(await failureOf(webhook().ask(QUESTION)), [reason, isOutage]);
  });
}

test('an answer that does not come in time, or not to its end, is none', async () => {
  server.reply = SILENCE;
  assert.equal(await failureOf(webhook({ timeoutMs: 50 }).ask(QUESTION)), ['no answer in time', true]);
  server.reply = (response) => response.writeHead(200).write('{"decision":');
  assert.equal(await failureOf(webhook({ timeoutMs: 50 }).ask(QUESTION)), ['no answer in time', true]);
});

test('a webhook that is not there is no answer', async () => {
  const { url } = server;
  await server.close();
  assert.equal(await failureOf(webhook({ url }).ask(QUESTION)), ['ECONNREFUSED', true]);
  server = await fixture.keep(new AuthorizerServer()).start();
});

test('a kept connection that the server closes during a question is opened again', async () => {
  const asking = webhook();
  await asking.ask(QUESTION);
  server.reply = (response, asked) =>
    server.asked.length === 2 ? BREAK(response, asked) : DENY(response, asked);
  assert.equal(await asking.ask(QUESTION), { decision: 'deny' });
  assert.is(server.asked.length, 3);
});

test('a question is asked once more when the webhook breaks off within its answer', async () => {
  const asking = webhook();
  await asking.ask(QUESTION);
  server.reply = (response, asked) =>
    server.asked.length === 2
      ? response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy())
      : DENY(response, asked);
  assert.equal(await asking.ask(QUESTION), { decision: 'deny' });
  assert.is(server.asked.length, 3);
});

test.run();
