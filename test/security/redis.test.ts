// The connection to Redis: TLS with the right authority and password, and what is said when one of them is wrong. On
// the processes as they are deployed, because the environment, the exit code and the log are what is shown.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  buildFunctions,
  deployFunctions,
  type FunctionsBuild,
  makePush,
  runFunction,
} from '../functions/deployed-functions.ts';
import { Fixture } from '../helpers/fixture.ts';
import { buildRelay, type RelayProgram } from '../helpers/relay-program.ts';
import { startTlsRedis, type TlsRedis } from '../helpers/tls-redis.ts';
import { until } from '../helpers/until.ts';
import { SAMPLE_PROJECT } from '../shared/sample-events.ts';
import { shows } from './table.ts';

const PASSWORD = 'the-password-of-redis-hunter2';
const KIND = 'new-message-event';
let redis: TlsRedis;
let functions: FunctionsBuild;
let relay: RelayProgram;

const fixture = new Fixture(test);
test.before(async () => {
  redis = await startTlsRedis(PASSWORD);
  fixture.defer(() => redis.stop());
  functions = await buildFunctions(fixture);
  relay = await buildRelay(fixture);
});

const push = () =>
  makePush({ conversation: `projects/${SAMPLE_PROJECT.id}/locations/global/conversations/tls` });

/** What a function answers to an event, and all that it has logged by then. */
async function functionWith(env: Record<string, string>): Promise<{ status: number; log: string }> {
  const deployed = await deployFunctions(fixture, functions, { ...redis.env, ...env });
  const { status } = await deployed.deliver(KIND, push());
  // Its log comes through a pipe of its own.
  if (status !== 204) await until(() => deployed.log(KIND).includes('event not taken'));
  return { status, log: deployed.log(KIND) };
}

/** Whether a relay becomes ready, and all that it has logged by then. */
async function relayWith(env: Record<string, string>): Promise<{ status: number; log: string }> {
  const running = await relay.start({ ...redis.env, ...env });
  await until(() => running.output().includes('listening'));
  await until(async () => {
    const { status } = await fetch(`${running.url}/ready`);
    return status === 200 || running.output().includes('(trying again)');
  });
  const { status } = await fetch(`${running.url}/ready`);
  return { status, log: running.output() };
}

shows('redis-tls', async () => {
  assert.is((await functionWith({})).status, 204);
  assert.is((await relayWith({})).status, 200);
});

shows('redis-wrong-ca', async () => {
  const env = { REDIS_TLS_CA: redis.otherCa };
  for (const { status, log } of [await functionWith(env), await relayWith(env)]) {
    assert.ok(status >= 500, String(status));
    assert.match(log, 'REDIS_TLS_CA is not the authority that signed the certificate of Redis');
    assert.not.match(log, PASSWORD);
  }
});

shows('redis-wrong-password', async () => {
  const env = { REDIS_AUTH: 'a-wrong-password-hunter3' };
  for (const { status, log } of [await functionWith(env), await relayWith(env)]) {
    assert.ok(status >= 500, String(status));
    assert.match(log, 'does not accept REDIS_AUTH');
    assert.not.match(log, /hunter\d/);
  }
});

test('a Redis that wants a password which nobody has set is named by its variable', async () => {
  const env = { REDIS_AUTH: '', REDIS_SECURITY: 'plain' };
  for (const { status, log } of [await functionWith(env), await relayWith(env)]) {
    assert.ok(status >= 500, String(status));
    assert.match(log, 'wants a password: set REDIS_AUTH');
  }
});

shows('S18', async () => {
  for (const missing of ['REDIS_AUTH', 'REDIS_TLS_CA']) {
    const env = { ...redis.env, [missing]: '' };
    const ended = await relay.run(env);
    assert.is(ended.code, 1);
    assert.match(ended.output, `${missing} is not set: REDIS_SECURITY=tls-auth needs it`);
    const failed = await runFunction(functions, KIND, { GCP_PROJECT_ID: SAMPLE_PROJECT.id, ...env });
    assert.is.not(failed.code, 0);
    assert.match(failed.output, `${missing} is not set: REDIS_SECURITY=tls-auth needs it`);
    for (const { output } of [ended, failed]) assert.not.match(output, PASSWORD);
  }
});

test.run();
