// What the calls of one agent to Dialogflow may occupy of a whole relay.
import { createServer, type ServerResponse } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LINES_OF_ONE_MAX } from '../../../relay/refusals/refusals.ts';
import { dial } from '../../helpers/raw-http.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const UNDER_WAY_MAX = 6;
const CONNECTIONS_MAX = 8;
const KIB = 1024;
const PATH = `/v2/projects/${TEST_PROJECT}/locations/global/conversations`;
const TOO_MANY = { message: 'Too many calls to Dialogflow are under way: wait.' };

/** Calls that Dialogflow has not answered yet. */
let waiting: ServerResponse[] = [];
let reached = 0;

const fixture = relayFixture(test, async () => {
  const dialogflow = createServer((request, response) => {
    reached++;
    request.resume().on('end', () => {
      if (request.url?.endsWith('/slow')) waiting.push(response);
      else response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  return {
    settings: { DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${await fixture.listen(dialogflow)}` },
    limits: {
      rateLimits: {
        callsUnderWayMax: UNDER_WAY_MAX,
        dialogflowConnectionsMax: CONNECTIONS_MAX,
        callBodiesMaxBytes: 64 * KIB,
      },
    },
  };
});
test.before.each(() => {
  waiting = [];
  reached = 0;
});

function call(agent: string, resource = 'c', body?: string): Promise<Response> {
  const headers = { authorization: fixture.token(agent), 'content-type': 'application/json' };
  const init = body === undefined ? {} : { method: 'POST', body };
  return fetch(`${fixture.relay.url}${PATH}/${resource}`, { headers, ...init });
}

/** A call whose body has begun and does not go on. */
function stall(agent: string, bytes = 1) {
  const headers = [
    `POST ${PATH}/c/participants HTTP/1.1\r\nHost: x`,
    `Authorization: ${fixture.token(agent)}`,
    `Content-Type: application/json\r\nContent-Length: ${bytes + 1}`,
  ];
  return fixture.keep(dial(fixture.relay.port, `${headers.join('\r\n')}\r\n\r\n${' '.repeat(bytes)}`));
}

const many = <T>(count: number, make: () => T) => Array.from({ length: count }, make);

test('half bodies take no connection, and one call too many of the agent is 429', async () => {
  const stalled = many(UNDER_WAY_MAX, () => stall('okta:flood'));
  await until(async () => (await call('okta:flood')).status === 429);
  const refused = await call('okta:flood');
  assert.equal([refused.status, await refused.json()], [429, TOO_MANY]);
  assert.is(refused.headers.get('retry-after'), '1');
  const before = reached;
  assert.is((await call('okta:other')).status, 200);
  assert.is(reached, before + 1);
  for (const connection of stalled) connection.close();
  await until(async () => (await call('okta:flood')).status === 200);
  const lines = fixture.relay.log().match(/"reason":"limit-calls-under-way".*"sub":"okta:flood"/g) ?? [];
  assert.ok(lines.length > 0 && lines.length <= LINES_OF_ONE_MAX, `${lines.length} lines in the log`);
});

test('as many calls as an agent may have under way are all answered', async () => {
  const calls = many(UNDER_WAY_MAX, () => call('okta:busy', 'c/participants', '{}'));
  for (const { status } of await Promise.all(calls)) assert.is(status, 200);
});

test('slow calls of agents leave connections for an agent that has none', async () => {
  const slow = ['okta:slow-1', 'okta:slow-2'].flatMap((agent) =>
    many(UNDER_WAY_MAX, () => call(agent, 'slow')),
  );
  // Half of 8 for the first agent, and then half of what is left.
  await until(() => waiting.length === 6);
  for (const agent of ['okta:a', 'okta:b', 'okta:c']) assert.is((await call(agent)).status, 200);
  assert.is(waiting.length, 6);
  await until(() => {
    for (const response of waiting.splice(0)) response.end('{}');
    return reached === 2 * UNDER_WAY_MAX + 3;
  });
  for (const response of waiting) response.end('{}');
  for (const { status } of await Promise.all(slow)) assert.is(status, 200);
});

test('bodies of one agent leave memory for those of others', async () => {
  const stalled = many(UNDER_WAY_MAX - 1, () => stall('okta:large', 6 * KIB));
  await until(async () => (await call('okta:large', 'c/participants', ' '.repeat(6 * KIB))).status === 429);
  assert.is((await call('okta:other', 'c/participants', ' '.repeat(16 * KIB))).status, 200);
  for (const connection of stalled) connection.close();
  await until(async () => (await call('okta:large', 'c/participants', ' '.repeat(6 * KIB))).status === 200);
});

test.run();
