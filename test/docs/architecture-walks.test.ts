// The walks of docs/architecture.md are run, and the files that V8 has run are compared with those on the page.
import { createServer } from 'node:http';
import { Session } from 'node:inspector/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHandler } from '../../functions/handler.ts';
import { createHttpFunction } from '../../functions/http-function.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import { toCursor } from '../../shared/stream/position.ts';
import { GENESYS, startProviderServers, TOKENS } from '../helpers/provider-servers.ts';
import { quietLogger } from '../helpers/quiet-logger.ts';
import { TEST_PROJECT, uniqueConversation } from '../helpers/redis.ts';
import { relayFixture } from '../helpers/relay-fixture.ts';
import { until } from '../helpers/until.ts';
import { AuthorizerServer } from '../relay/access/authorizer-server.ts';
import { adminToken } from '../relay/admin/admin-requests.ts';
import { ROOT, readDoc } from './markdown.ts';
import { type Walk, walksIn } from './walks.ts';
import '../helpers/patient-redis.ts';

/** They run when an instance starts, and leave a connection to Redis open. */
const AT_THE_START = ['functions/new-message-event/index.ts', 'functions/runtime.ts'];

/** How often to look for files that run a moment after the answer, 100 ms apart. */
const LOOKS_MAX = 30;
/** How often in turn nothing has run before a walk begins, 100 ms apart. */
const QUIET_LOOKS = 5;

const walks = walksIn(readDoc('docs/architecture.md'));
// What a timer runs would be in a walk by chance: most come first after 10 seconds or more, which a busy machine takes.
const NEVER_MS = 3_600_000;
const WITHOUT_TIMERS = {
  redisHealth: { trialEveryMs: NEVER_MS },
  http: { dropPauseMs: NEVER_MS },
  delivery: {
    lingerMs: 10,
    idleCheckMs: NEVER_MS,
    presenceRenewMs: NEVER_MS,
    subscriberSilenceMs: NEVER_MS,
  },
  conversations: { desktopsFlushMs: NEVER_MS, desktopsRenewMs: NEVER_MS },
  socketIo: { heartbeatMs: NEVER_MS },
  webSocket: { pingEveryMs: NEVER_MS },
};
const fixture = relayFixture(test, { limits: WITHOUT_TIMERS });
const profiler = new Session();

test.before(async () => {
  profiler.connect();
  await profiler.post('Profiler.enable');
  await profiler.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
});

/** The files of the project of which a function has run since the last call. */
async function filesRun(): Promise<string[]> {
  const { result } = await profiler.post('Profiler.takePreciseCoverage');
  return result
    .filter(
      ({ url, functions }) => url.startsWith('file:') && functions.some(({ ranges }) => ranges[0]?.count),
    )
    .map(({ url }) => fileURLToPath(url))
    .filter((path) => path.startsWith(ROOT))
    .map((path) => path.slice(ROOT.length))
    .filter((path) => /^(?:relay|functions|shared)\//.test(path));
}

/** Waits until nothing of what went before is still at work. On a busy machine an answer of Redis takes a while. */
async function untilQuiet(): Promise<void> {
  let quietLooks = 0;
  await until(async () => {
    await sleep(100);
    quietLooks = (await filesRun()).length === 0 ? quietLooks + 1 : 0;
    return quietLooks === QUIET_LOOKS;
  });
}

/** Every file of the walk runs, and every file of relay/ and functions/ that runs is on the page. */
async function compare(walk: Walk | undefined, work: () => Promise<unknown>): Promise<void> {
  assert.ok(walk);
  await untilQuiet();
  await work();
  const run = new Set<string>();
  const steps = walk.files.filter((file) => !AT_THE_START.includes(file) && file.endsWith('.ts'));
  const missing = () => steps.filter((file) => !run.has(file));
  for (let look = 1; look === 1 || (look < LOOKS_MAX && missing().length > 0); look++) {
    await sleep(100);
    for (const file of await filesRun()) run.add(file);
  }
  assert.equal(missing(), [], 'on the page, but did not run');
  const named = [...walk.files, ...walk.called];
  assert.equal(
    [...run].filter((file) => !file.startsWith('shared/') && !named.includes(file)),
    [],
    'ran, but is not on the page',
  );
}

/** Publishes a message as Pub/Sub does, through the function. */
async function publish(conversation: ShortName): Promise<void> {
  const handle = createHandler({
    kind: 'new-message-event',
    project: { id: TEST_PROJECT },
    maxBytes: 10_000,
    eventLog: fixture.log,
    list: async () => 'listed',
    isTransient: () => false,
    logger: quietLogger,
  });
  const data = Buffer.from(JSON.stringify({ conversation, type: 'NEW_MESSAGE' })).toString('base64');
  http('walk', createHttpFunction({ handle, logger: quietLogger }));
  const port = await fixture.listen(getTestServer('walk'));
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: { data, messageId: '1' } }),
  });
  assert.is(response.status, 204);
}

/** Starts a relay with a provider, an authorizer, an administrator and a Dialogflow. */
async function guardedRelay() {
  const providers = fixture.keep(await startProviderServers());
  const authorizer = fixture.keep(await new AuthorizerServer().start());
  const dialogflow = await fixture.listen(
    createServer((request, response) => {
      request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
    }),
  );
  return fixture.startRelay({
    providerDispatcher: providers.dispatcher,
    adminToken,
    limits: { admin: { revocationPollMs: 600_000 }, ...WITHOUT_TIMERS },
    settings: {
      AUTH_OPTION: 'GenesysCloud',
      GENESYS_CLOUD_ENVIRONMENT: GENESYS.environment,
      GENESYS_CLOUD_ORGANIZATION_ID: GENESYS.organization,
      AUTHORIZER_URL: authorizer.url,
      DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${dialogflow}`,
    },
  });
}

test('a registration runs the files of walk C', async () => {
  const relay = await guardedRelay();
  await compare(walks[3], async () => {
    const headers = { authorization: TOKENS.genesys };
    const response = await fetch(`${relay.url}/register`, { method: 'POST', headers });
    assert.is(response.status, 200);
    await response.text();
  });
});

test('a proxied call runs the files of walk D', async () => {
  const relay = await guardedRelay();
  const name = `projects/${TEST_PROJECT}/locations/global/conversations/one/participants/two`;
  await compare(walks[4], async () => {
    const response = await fetch(`${relay.url}/v2beta1/${name}:analyzeContent`, {
      method: 'POST',
      headers: { authorization: relay.token, 'content-type': 'application/json' },
      body: '{}',
    });
    assert.is(response.status, 200);
    await response.text();
  });
});

test('a join with a cursor runs the files of walk B', async () => {
  const conversation = uniqueConversation();
  const { position } = await fixture.publish(conversation);
  await fixture.publish(conversation);
  const desktop = await fixture.nativeDesktop();
  await compare(walks[1], async () => {
    await desktop.join(conversation, toCursor(position));
    await desktop.received(1);
  });
});

test('an event runs the files of walk A', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.nativeDesktop();
  await desktop.join(conversation);
  await compare(walks[0], async () => {
    await publish(conversation);
    await desktop.received(1);
  });
});

test('a join by name runs the files of walk B', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation);
  const desktop = await fixture.desktop({ headers: { 'user-agent': 'Mozilla/5.0' } });
  await desktop.join(conversation);
  await desktop.received(1);
  desktop.socket.disconnect().connect();
  await desktop.connected();
  await fixture.publish(conversation);
  await compare(walks[2], async () => {
    await desktop.join(conversation);
    await until(() => desktop.events.length === 2);
  });
});

test.run();
