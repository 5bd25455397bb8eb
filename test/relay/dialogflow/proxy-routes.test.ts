import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exchange, rawRequest, statusOf } from '../../helpers/raw-http.ts';
import { BASE, ProxyFixture, postJson, TOKEN } from './proxy-fixture.ts';

const fixture = new ProxyFixture(test);

/** Contract with the desktops: what follows the location, and what becomes of each method there. */
const TABLE: [rest: string, statusOf: Partial<Record<string, number>>][] = [
  ['conversations', { POST: 200 }],
  ['conversations/c', { GET: 200, POST: 200, PATCH: 200 }],
  ['conversations/c:complete', { GET: 200, POST: 200, PATCH: 200 }],
  ['conversations/c/messages', { GET: 200, POST: 200, PATCH: 200 }],
  ['conversations/c/messages:batchCreate', { GET: 200, POST: 200, PATCH: 200 }],
  ['conversations/c/participants/p:analyzeContent', { GET: 200, POST: 200, PATCH: 200 }],
  ['conversations/c/participants/p/suggestions:suggestArticles', { GET: 200, POST: 200, PATCH: 200 }],
  ['conversations/c/suggestions:suggestConversationSummary', { GET: 200, POST: 200, PATCH: 200 }],
  ['suggestions:searchKnowledge', { POST: 200 }],
  ['statelessSuggestion:generate', { POST: 200 }],
  ['suggestions:generateStatelessSummary', { POST: 200 }],
  ['answerRecords/a', { GET: 200, PATCH: 200 }],
  ['conversationProfiles/p', { GET: 200 }],
  ['conversationModels/m', { GET: 200 }],
  ['generators/g', { GET: 200 }],
  ['companionAgents/a', { GET: 200 }],
  ['companionAgentWorkflows/w', { GET: 200 }],
];
const NOT_OFFERED = [
  ...['answerRecords', 'conversationProfiles', 'generators', 'conversationModels'],
  ...['companionAgents', 'companionAgentWorkflows', 'suggestions:generateStatelessSummary/x'],
  ...[
    'suggestions:searchKnowledge/x',
    'statelessSuggestion:generate/x',
    'suggestions',
    'knowledgeBases/k',
    'agent',
    '',
  ],
];
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'];

test('each method of each path is forwarded, 405 with the right Allow, or 404', async () => {
  const proxy = await fixture.startProxy();
  const call = async (method: string, path: string) => {
    const before = proxy.upstream.seen.length;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${proxy.origin}${path}`, {
      method,
      headers,
      ...(hasBody ? { body: '{}' } : {}),
    });
    await response.arrayBuffer();
    const [seen] = proxy.upstream.seen.slice(before);
    return { status: response.status, allow: response.headers.get('allow'), seen };
  };
  for (const version of ['v2', 'v2beta1']) {
    for (const [rest, statuses] of TABLE) {
      const path = `/${version}/projects/my-project/locations/global/${rest}?a=b`;
      const allow = [...Object.keys(statuses), ...(statuses.GET ? ['HEAD'] : []), 'OPTIONS'].join(', ');
      for (const method of METHODS) {
        const result = await call(method, path);
        const upstreamMethod = method === 'HEAD' ? 'GET' : method;
        const expected = statuses[upstreamMethod] ?? 405;
        assert.is(result.status, expected, `${method} ${path}`);
        assert.is(result.seen?.method, expected === 200 ? upstreamMethod : undefined, `${method} ${path}`);
        assert.is(result.seen?.target, expected === 200 ? path : undefined);
        assert.is(result.allow, expected === 405 ? allow : null);
      }
    }
    for (const rest of NOT_OFFERED) {
      for (const method of METHODS) {
        const result = await call(method, `/${version}/projects/my-project/locations/global/${rest}`);
        assert.is(result.status, rest === '' ? 400 : 404, `${method} ${rest}`);
        assert.is(result.seen, undefined);
      }
    }
    for (const method of METHODS) {
      const result = await call(method, `/${version}/projects/my-project/conversations/c`);
      assert.is(result.status, 404, 'a name without a location');
    }
  }
});

test("Google gets the token of the relay at the right host, never the desktop's", async () => {
  const proxy = await fixture.startProxy({ hasEndpoint: false });
  const headers = {
    authorization: 'desktop-token',
    cookie: 'a=b',
    'x-api-key': 'k',
    'x-http-method-override': 'DELETE',
  };
  await fetch(`${proxy.origin}${BASE}/conversations/c`, { headers });
  await fetch(`${proxy.origin}/v2/projects/123456789/locations/europe-west2/conversations/c`, { headers });
  assert.equal(proxy.calledOrigins, [
    'https://dialogflow.googleapis.com',
    'https://europe-west2-dialogflow.googleapis.com',
  ]);
  for (const seen of proxy.upstream.seen) {
    assert.is(seen.headers.authorization, `Bearer ${TOKEN}`);
    assert.is(seen.headers['x-goog-user-project'], 'quota-project');
    assert.not.match(JSON.stringify(seen.rawHeaders), /desktop-token|a=b|api-key|override/i);
  }
});

test('DIALOGFLOW_ENDPOINT gets no credentials, and they are not even asked for', async () => {
  let asked = 0;
  const headers = async () => {
    asked += 1;
    return { authorization: `Bearer ${TOKEN}` };
  };
  const proxy = await fixture.startProxy({ credentials: { headers, invalidate: () => {} } });
  await fetch(`${proxy.origin}${BASE}/conversations/c`, { headers: { authorization: 'desktop-token' } });
  await postJson(proxy.origin, `${BASE}/conversations`, '{}', { authorization: 'desktop-token' });
  assert.is(asked, 0);
  assert.is(proxy.upstream.seen.length, 2);
  for (const seen of proxy.upstream.seen) assert.is(seen.headers.authorization, undefined);
});

test('HEAD gives the headers of GET, asks nothing but GET, and sends no body on', async () => {
  const proxy = await fixture.startProxy();
  proxy.upstream.answer = (_request, response) => response.setHeader('x-a', '1').end('{"name":"x"}');
  const headers = ['Content-Type: application/json', 'Content-Length: 21'];
  const target = `${BASE}/conversationProfiles/x?updateMask=displayName`;
  const response = await exchange(proxy.port, rawRequest('HEAD', target, headers, '{"displayName":"pwn"}'));
  assert.is(statusOf(response), 200);
  assert.match(response, /\r\nx-a: 1\r\n/);
  assert.match(response, /\r\ncontent-length: 12\r\n/);
  assert.ok(response.endsWith('\r\n\r\n'), 'no body');
  const [seen] = proxy.upstream.seen;
  assert.equal([seen?.method, seen?.body, seen?.headers['content-type']], ['GET', '', undefined]);
});

test('GET, HEAD and DELETE with a JSON type and no body are not broken JSON', async () => {
  const proxy = await fixture.startProxy();
  for (const length of [[], ['Content-Length: 0']]) {
    const headers = ['Content-Type: application/json', ...length];
    for (const [method, status] of [
      ['GET', 200],
      ['HEAD', 200],
      ['DELETE', 405],
    ] as const) {
      const response = await exchange(proxy.port, rawRequest(method, `${BASE}/conversations/c`, headers));
      assert.is(statusOf(response), status, method);
    }
  }
});

test('connections to Dialogflow are kept and used again', async () => {
  const proxy = await fixture.startProxy();
  let connections = 0;
  proxy.upstream.server.on('connection', () => {
    connections += 1;
  });
  for (let call = 0; call < 5; call += 1)
    await postJson(proxy.origin, `${BASE}/conversations`, '{}').then((r) => r.text());
  assert.is(connections, 1);
});

test.run();
