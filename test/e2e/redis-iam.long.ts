// The functions and the relay as processes on a Redis Cluster that accepts nothing but tokens of the last hour.
import { randomUUID } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  buildFunctions,
  type DeployedFunctions,
  deployFunctions,
  makePush,
} from '../functions/deployed-functions.ts';
import { Fixture } from '../helpers/fixture.ts';
import { type IamRedis, startIamCluster } from '../helpers/iam-redis.ts';
import { NativeDesktop } from '../helpers/native-desktop.ts';
import type { TestCluster } from '../helpers/redis-cluster.ts';
import { buildRelay, type RelayProcess } from '../helpers/relay-program.ts';
import { until } from '../helpers/until.ts';
import { SAMPLE_PROJECT } from '../shared/sample-events.ts';

const KIND = 'new-message-event';
const LIMIT_MS = 60_000;

let redis: IamRedis & { cluster: TestCluster };
let functions: DeployedFunctions;
let relay: RelayProcess;
let token: string;
const desktops: Watched[] = [];

interface Watched {
  desktop: NativeDesktop;
  conversation: string;
}

const fixture = new Fixture(test);
test.before(async () => {
  redis = await startIamCluster(fixture, { replicas: 1 });
  const env = { ...redis.env, GCP_PROJECT_ID: SAMPLE_PROJECT.id, AUTH_OPTION: 'Skip' };
  functions = await deployFunctions(fixture, await buildFunctions(fixture), redis.env);
  relay = await (await buildRelay(fixture)).start(env);
  await until(async () => (await fetch(`${relay.url}/ready`)).status === 200, LIMIT_MS, 'the relay is ready');
  const registered = await fetch(`${relay.url}/register`, {
    method: 'POST',
    headers: { authorization: 'Bearer anything' },
  });
  token = ((await registered.json()) as { token: string }).token;
  // Enough for every primary to have channels.
  for (let count = 0; count < 12; count++) {
    const conversation = `projects/${SAMPLE_PROJECT.id}/locations/global/conversations/${randomUUID()}`;
    const desktop = fixture.keep(new NativeDesktop(relay.url));
    await desktop.ready(token);
    assert.is((await desktop.join(conversation)).type, 'joined');
    desktops.push({ desktop, conversation });
  }
});

/** Delivers an event to every conversation, again until a function takes it. */
async function deliverToAll(): Promise<void> {
  await Promise.all(
    desktops.map(async ({ desktop, conversation }) => {
      const push = makePush({ conversation });
      const { messageId } = push.message;
      await until(
        async () => (await functions.deliver(KIND, push)).status === 204,
        LIMIT_MS,
        'a function takes the event',
      );
      await until(() => desktop.messageIds().includes(messageId), LIMIT_MS, 'the desktop gets the event');
    }),
  );
}

const administrators = () => [...redis.cluster.nodes, ...redis.cluster.replicas];

/** What the relay and the function have logged. */
const log = () => `${relay.output()}${functions.log(KIND)}`;

test('events flow, and every process has asked for a token of its own', async () => {
  await deliverToAll();
  // One relay and four functions.
  assert.is(redis.issuer.given.length, 5);
});

test('connections live on after the hour, without a metadata server', async () => {
  redis.issuer.mode = 'closes';
  await redis.issuer.expireAll();
  await deliverToAll();
  await deliverToAll();
  redis.issuer.mode = 'tokens';
});

test('after all connections are cut, new ones have new tokens', async () => {
  const before = redis.issuer.given.length;
  await redis.issuer.expireAll();
  await Promise.all(administrators().map((node) => node.redis.call('CLIENT', 'KILL', 'USER', 'default')));
  await deliverToAll();
  assert.ok(redis.issuer.given.length > before);
});

test('a failover after the hour leads to connections with new tokens', async () => {
  await redis.issuer.expireAll();
  const [primary] = redis.cluster.nodes;
  assert.ok(primary);
  await redis.cluster.fail(primary, 'SIGKILL');
  await redis.cluster.untilWhole();
  await deliverToAll();
});

test('no log has a token, and the refused ones are told with the role', () => {
  for (const given of redis.issuer.given) assert.not.match(log(), given);
  assert.match(log(), 'roles/redis.dbConnectionUser');
});

test.run();
