// How long requests to Dialogflow took, and how they were answered.
import { createServer, type ServerResponse } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import { metricValue } from '../../helpers/metric-values.ts';
import { open, rawRequest } from '../../helpers/raw-http.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { RelayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const BASE = `/v2beta1/projects/${TEST_PROJECT}/locations/global`;
const CALL = `${BASE}/conversations/c/participants/p:suggestAnswers`;
const TEMPLATE = '/v2beta1/projects/*/locations/*/conversations/**';

const metrics = new RelayMetrics();
let answer: (response: ServerResponse) => unknown = (response) => response.end('{}');

const fixture: RelayFixture = new RelayFixture(test, async () => {
  const dialogflow = createServer((request, response) => {
    request.resume().on('end', () => answer(response));
  });
  const port = await fixture.listen(dialogflow);
  return { metrics, settings: { DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${port}` } };
});

const counted = async (route: string, status: number) =>
  (await metricValue(metrics, `proxy_request_seconds_count{route="${route}",status="${status}"}`)) ?? 0;

/** Sends a request and waits until it is counted; resolves with its status. */
async function counts(route: string, expected: number, path: string, options: RequestInit = {}) {
  const before = await counted(route, expected);
  const headers = { authorization: fixture.relay.token, 'content-type': 'application/json' };
  const response = await fetch(`${fixture.relay.url}${path}`, { headers, ...options });
  await response.text();
  assert.is(response.status, expected);
  await until(async () => (await counted(route, expected)) === before + 1);
}

const post = { method: 'POST', body: '{}' };

test('a request counts with its template and the status that Dialogflow has answered', async () => {
  answer = (response) => response.end('{}');
  await counts(TEMPLATE, 200, CALL, post);
  await counts(
    '/v2beta1/projects/*/locations/*/conversationProfiles/**',
    200,
    `${BASE}/conversationProfiles/x`,
  );
  answer = (response) => response.writeHead(429).end('{}');
  await counts(TEMPLATE, 429, CALL, post);
  answer = (response) => response.writeHead(503).end('{}');
  await counts(TEMPLATE, 503, CALL, post);
});

test('a call that breaks at Dialogflow counts as 502', async () => {
  answer = (response) => void response.destroy();
  await counts(TEMPLATE, 502, CALL, post);
});

test('a request without a token counts as 401, one with a wrong body as 415', async () => {
  await counts(TEMPLATE, 401, CALL, { ...post, headers: {} });
  const headers = { authorization: fixture.relay.token, 'content-type': 'text/plain' };
  await counts(TEMPLATE, 415, CALL, { ...post, headers });
});

test('what is no route of Dialogflow counts without its path', async () => {
  await counts('none', 404, '/v2beta1/some-secret');
  await counts('none', 405, `${BASE}/conversationProfiles/x`, { ...post, method: 'PATCH' });
  await counts('none', 403, CALL.replace(TEST_PROJECT, 'elsewhere'), post);
  const text = await metrics.registry.metrics();
  for (const word of ['some-secret', 'elsewhere', 'suggestAnswers', TEST_PROJECT])
    assert.not.ok(text.includes(word), word);
});

test('a desktop that goes away before its answer counts once, as 499', async () => {
  let reached = false;
  answer = () => {
    reached = true;
  };
  const socket = await open(fixture.relay.port);
  socket.write(rawRequest('GET', CALL, [`Authorization: ${fixture.relay.token}`]));
  await until(() => reached);
  socket.destroy();
  await until(async () => (await counted(TEMPLATE, 499)) > 0);
  answer = (response) => response.end('{}');
  await counts(TEMPLATE, 200, CALL, post);
  assert.is(await counted(TEMPLATE, 499), 1);
});

test('a preflight does not count, and the time is that of the whole request', async () => {
  const total = async () => {
    const all = await metrics.registry.getSingleMetric('agent_assist_proxy_request_seconds')?.get();
    const of = (end: string) =>
      (all?.values ?? [])
        .filter((value) => 'metricName' in value && String(value.metricName).endsWith(end))
        .reduce((sum, { value }) => sum + value, 0);
    return { count: of('_count'), seconds: of('_sum') };
  };
  const before = await total();
  await fetch(`${fixture.relay.url}${CALL}`, {
    method: 'OPTIONS',
    headers: { origin: 'https://desktop.example', 'access-control-request-method': 'POST' },
  });
  await fetch(`${fixture.relay.url}${CALL}`, { method: 'OPTIONS' });
  const heldMs = 60;
  answer = (response) => void setTimeout(() => response.end('{}'), heldMs);
  await counts(TEMPLATE, 200, CALL, post);
  const after = await total();
  assert.is(after.count, before.count + 1);
  // Timers of Node may end a millisecond early.
  assert.ok(after.seconds - before.seconds >= (heldMs - 2) / 1000);
});

test.run();
