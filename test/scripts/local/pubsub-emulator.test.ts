import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startLoopbackServer } from '../../../scripts/local/loopback-server.ts';
import { findEmulator, startEmulator } from '../../../scripts/local/pubsub-emulator.ts';
import { createPubsubClient } from '../../../scripts/local/pubsub-rest.ts';
import { isAlive } from '../../helpers/process.ts';
import { until } from '../../helpers/until.ts';

let home: string;
let jar: string;

test.before(async () => {
  home = await mkdtemp(join(tmpdir(), 'emulator-'));
  const library = join(home, 'sdk', 'platform', 'pubsub-emulator', 'lib');
  await mkdir(library, { recursive: true });
  await mkdir(join(home, 'sdk', 'bin'));
  await mkdir(join(home, 'bin'));
  await mkdir(join(home, 'java-home', 'bin'), { recursive: true });
  jar = join(library, 'cloud-pubsub-emulator-0.8.20-all.jar');
  await writeFile(jar, '');
  for (const program of ['sdk/bin/gcloud', 'bin/java', 'java-home/bin/java']) {
    await writeFile(join(home, program), '#!/bin/sh\n');
    await chmod(join(home, program), 0o755);
  }
  await symlink(join(home, 'sdk', 'bin', 'gcloud'), join(home, 'bin', 'gcloud'));
});

test.after(() => rm(home, { recursive: true }));

test('the emulator is found beside the gcloud that PATH links to', () => {
  assert.equal(findEmulator({ PATH: join(home, 'bin') }), {
    program: { java: join(home, 'bin', 'java'), jar },
  });
});

test('the emulator is found where CLOUDSDK_ROOT_DIR says, and Java in JAVA_HOME', () => {
  const env = { CLOUDSDK_ROOT_DIR: join(home, 'sdk'), JAVA_HOME: join(home, 'java-home'), PATH: '' };
  assert.equal(findEmulator(env), { program: { java: join(home, 'java-home', 'bin', 'java'), jar } });
});

test('PUBSUB_EMULATOR names the jar or its folder', () => {
  const java = join(home, 'bin', 'java');
  const PATH = join(home, 'bin');
  assert.equal(findEmulator({ PATH, PUBSUB_EMULATOR: jar }), { program: { java, jar } });
  const folder = join(home, 'sdk', 'platform', 'pubsub-emulator');
  assert.equal(findEmulator({ PATH, PUBSUB_EMULATOR: folder }), { program: { java, jar } });
  const wrong = findEmulator({ PATH, PUBSUB_EMULATOR: join(home, 'nothing') });
  assert.match('missing' in wrong ? wrong.missing : '', /emulator is not installed/);
});

test('without Java, or without the emulator, the reason is told', () => {
  const noJava = findEmulator({ PATH: join(home, 'sdk', 'bin') });
  assert.match('missing' in noJava ? noJava.missing : '', /Java is not installed/);
  const noEmulator = findEmulator({ PATH: '', JAVA_HOME: join(home, 'java-home') });
  assert.match(
    'missing' in noEmulator ? noEmulator.missing : '',
    /gcloud components install pubsub-emulator/,
  );
});

const found = findEmulator(process.env);
const withEmulator = 'program' in found ? test : test.skip;
if ('missing' in found) console.log(`\nskipped: ${found.missing}`);

withEmulator('the emulator starts, pushes each message until it is taken, and stops', async () => {
  if (!('program' in found)) return;
  const pushes: {
    path: string;
    body: { message: { messageId: string; data: string; attributes: unknown } };
  }[] = [];
  const receiver = await startLoopbackServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    pushes.push({ path: request.url ?? '', body: JSON.parse(text) });
    response.writeHead(pushes.length === 1 ? 500 : 204).end();
  });
  const emulator = await startEmulator(found.program);
  const client = createPubsubClient(emulator.url);
  const topic = 'projects/demo-project/topics/aa-new-message-topic';
  await client.createTopic(topic);
  await client.createTopic(topic);
  await client.createPushSubscription(
    'projects/demo-project/subscriptions/push',
    topic,
    `${receiver.url}/${topic}`,
  );
  const id = await client.publish(topic, '{"conversation":"wörld"}', { message_id: 'm1' });
  await until(() => pushes.length === 2);
  assert.is(pushes[1]?.path, `/${topic}`);
  const message = pushes[1]?.body.message;
  assert.is(message?.messageId, id);
  assert.is(Buffer.from(message?.data ?? '', 'base64').toString(), '{"conversation":"wörld"}');
  assert.equal(message?.attributes, { message_id: 'm1' });
  const missing = await client
    .publish('projects/demo-project/topics/missing', '{}', {})
    .catch((error: Error) => error);
  assert.match((missing as Error).message, /HTTP 404/);
  await emulator.stop();
  await receiver.stop();
  assert.not(isAlive(emulator.process.pid));
});

test.run();
