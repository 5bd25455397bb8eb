import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation, withLocation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { AccessFixture } from './access-fixture.ts';
import { DENY } from './authorizer-server.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
const PHONE = '+442079460000';

// The most quiet level: the audit is not what LOG_LEVEL is about.
const fixture = new AccessFixture(test, { LOG_LEVEL: 'error', TRUSTED_PROXIES: '1' });

/** The lines of one conversation or of one token, with what differs from run to run left out. */
async function linesOf(field: 'conversation' | 'jti', value: string, count: number) {
  const found = () => fixture.audited().filter((line) => line[field] === value);
  await until(() => found().length >= count);
  return found().map(({ time, service, severity, message, jti, ...line }) => {
    assert.equal([severity, message, service, typeof time], ['INFO', 'audit', 'relay', 'string']);
    return { ...line, hasToken: typeof jti === 'string' };
  });
}

const AGENT = { sub: 'test:agent', provider: 'test', hasToken: true };

test('a registration is audited with the new token’s id, and from where it came', async () => {
  const { token } = (await (
    await fetch(`${fixture.relay.url}/register`, {
      method: 'POST',
      headers: { traceparent, 'x-forwarded-for': '198.51.100.1, 203.0.113.7' },
      body: JSON.stringify({ gcp_agent_assist_user: PHONE }),
    })
  ).json()) as { token: string };
  const verdict = fixture.relay.tokens.verify(token);
  const jti = verdict.valid ? verdict.claims.tokenId : '';
  const [line, ...others] = await linesOf('jti', jti, 1);
  assert.equal(others, []);
  assert.equal(line, {
    audit: 'register',
    outcome: 'done',
    sub: 'skip:anonymous',
    provider: 'skip',
    from: '203.0.113.7',
    'logging.googleapis.com/trace': `projects/demo-project/traces/${TRACE}`,
    'logging.googleapis.com/spanId': 'b7ad6b7169203331',
    'logging.googleapis.com/trace_sampled': true,
    hasToken: true,
  });
});

for (const protocol of ['Socket.IO', 'the native protocol'] as const) {
  test(`a join and a leave on ${protocol} are audited, once each`, async () => {
    const conversation = uniqueConversation();
    if (protocol === 'Socket.IO') {
      const desktop = await fixture.desktop();
      await desktop.join(conversation);
      await desktop.join(conversation);
      await desktop.ask('leave-conversation', conversation);
      await desktop.join(conversation);
      desktop.close();
    } else {
      const desktop = await fixture.nativeDesktop();
      await desktop.join(conversation);
      await desktop.join(conversation, '0');
      await desktop.leave(conversation);
      await desktop.join(conversation);
      desktop.close();
    }
    assert.equal(
      await linesOf('conversation', conversation, 4),
      [
        ['join', 'done'],
        ['leave', 'left'],
        ['join', 'done'],
        ['leave', 'disconnected'],
      ].map(([audit, outcome]) => ({ audit, outcome, ...AGENT, conversation, from: '127.0.0.1' })),
    );
  });
}

test('what is refused is audited with what and why', async () => {
  const conversation = uniqueConversation();
  fixture.authorizer.replies.set(conversation, DENY);
  const { token, url } = fixture.relay;
  const desktop = await fixture.desktop();
  await desktop.join(conversation);
  const full = withLocation(conversation);
  await fetch(`${url}/v2/${full}`, { headers: { authorization: token } });
  const outcome = 'access to the conversation is denied';
  const refused = { audit: 'refuse', outcome, ...AGENT, conversation, from: '127.0.0.1' };
  assert.equal(await linesOf('conversation', conversation, 2), [
    { ...refused, refused: 'join' },
    { ...refused, refused: 'read', route: '/v2/*' },
  ]);
});

test('a request for another project is audited, without its path', async () => {
  const { url, tokens } = fixture.relay;
  const token = tokens.issue('test:agent', '').token;
  const verdict = tokens.verify(token);
  const path = `/v2/projects/other/locations/global/conversations/${PHONE.slice(1)}`;
  await fetch(url + path, { headers: { authorization: token } });
  await fetch(`${url}${path}:complete`, { method: 'POST', headers: { authorization: token } });
  const outcome = 'the resource belongs to another project';
  const refused = { audit: 'refuse', outcome, ...AGENT, route: '/v2/*', from: '127.0.0.1' };
  assert.equal(await linesOf('jti', verdict.valid ? verdict.claims.tokenId : '', 2), [
    { ...refused, refused: 'read' },
    { ...refused, refused: 'write' },
  ]);
});

test('bad tokens are audited on REST and on both sockets, without anything of them', async () => {
  const { url } = fixture.relay;
  const already = fixture.audited().length;
  await fetch(`${url}/conversation-name`, { headers: { authorization: 'a-bad-token' } });
  await fixture.desktop({ token: 'a-bad-token' }).catch(() => {});
  const native = await fixture.openNativeDesktop().opened();
  native.send({ type: 'auth', token: 'a-bad-token' });
  await native.closed;
  await until(() => fixture.audited().length >= already + 3);
  assert.equal(
    fixture
      .audited()
      .slice(already)
      .map(({ audit, refused, sub }) => [audit, refused, sub]),
    [
      ['refuse', 'request', undefined],
      ['refuse', 'connect', undefined],
      ['refuse', 'connect', undefined],
    ],
  );
});

test('a write through the proxy is audited with route and outcome, and a read is not', async () => {
  const conversation = uniqueConversation();
  const { token, url } = fixture.relay;
  const full = `${url}/v2/${withLocation(conversation)}`;
  const headers = { authorization: token, 'content-type': 'application/json' };
  const body = JSON.stringify({ textInput: { text: `call me at ${PHONE}` } });
  await fetch(full, { headers });
  await fetch(`${full}/participants/p:analyzeContent`, { method: 'POST', headers, body });
  await fetch(`${full}/participants/p`, { method: 'PATCH', headers: { authorization: token }, body });
  const write = { audit: 'write', ...AGENT, conversation, from: '127.0.0.1' };
  const route = '/v2/projects/*/locations/*/conversations/**';
  assert.equal(await linesOf('conversation', conversation, 2), [
    { ...write, outcome: 'done', route, status: 200 },
    { ...write, outcome: 'failed', route, status: 415 },
  ]);
});

test('a write whose client goes away during the upload is audited once, as failed', async () => {
  const conversation = uniqueConversation();
  const { token, url } = fixture.relay;
  const path = `/v2/${withLocation(conversation)}/participants/p:analyzeContent`;
  const headers = { authorization: token, 'content-type': 'application/json', 'content-length': '1000' };
  const write = request(url + path, { method: 'POST', headers });
  write.on('error', () => {});
  write.write('{');
  await until(() => fixture.authorizer.actions(conversation).includes('write'));
  await sleep(200); // the quota is asked for in Redis, and then the body is read
  write.destroy();
  const route = '/v2/projects/*/locations/*/conversations/**';
  const expected = { audit: 'write', ...AGENT, conversation, from: '127.0.0.1', outcome: 'failed', route };
  await linesOf('conversation', conversation, 1);
  await sleep(50);
  assert.equal(await linesOf('conversation', conversation, 1), [{ ...expected, status: 499 }]);
});

test("no line has a token, a caller's own name, an integration key or what was said", async () => {
  const log = fixture.relay.log();
  for (const secret of [fixture.relay.token, 'a-bad-token', PHONE])
    assert.not.ok(log.includes(secret), secret);
});

test.run();
