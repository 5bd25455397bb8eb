// Steps of a migration with the real gcloud over what the reference's deploy.sh makes; the whole is in gcloud.long.ts.
import { rmSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { referenceFaults } from '../../../../scripts/deploy/migrate/check.ts';
import { migrationPlan } from '../../../../scripts/deploy/migrate/plan.ts';
import { readMigration } from '../../../../scripts/deploy/migrate/settings.ts';
import { wayBack } from '../../../../scripts/deploy/migrate/way-back.ts';
import { plan } from '../../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../../scripts/deploy/settings/deploy-settings.ts';
import { run } from '../../../../scripts/gcloud/run.ts';
import { haveSteps } from '../../../helpers/fake-gcp/established.ts';
import { haveReference, REFERENCE_KEY } from '../../../helpers/fake-gcp/reference.ts';
import { type FakeGcp, startFakeGcp } from '../../../helpers/fake-gcp/server.ts';
import { asObject } from '../../../helpers/fake-gcp/state.ts';
import { withGcloud } from '../../../helpers/gcloud.ts';
import { makeRoot, PROJECT, SECRET_KEY, toolsFor } from '../gcloud-deployment.ts';

const ONE_TOPIC = {
  GCP_PROJECT_ID: PROJECT,
  NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'none',
  CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: 'none',
  NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none',
};
const OLD = `projects/${PROJECT}/subscriptions/aa-new-suggestion-sub`;
const REDIS = `projects/${PROJECT}/locations/us-central1/instances/aa-integration-redis`;

let fake: FakeGcp;
let folder: string;

test.before.each(async () => {
  fake = await startFakeGcp();
  folder = makeRoot();
});

test.after.each(async () => {
  await fake.close();
  rmSync(folder, { recursive: true });
});

withGcloud('the relay comes over the old service, with a new key and the Redis that is there', async () => {
  haveReference(fake.state, PROJECT, new Date());
  const redis = structuredClone(fake.state.resources.get(REDIS));
  const { changed, calls } = await migrate(['jwt-secret', 'relay']);
  assert.equal(fake.astray, []);
  assert.equal(fake.state.resources.get(REDIS), redis, 'Redis is not touched');
  assert.is(changed[0], 'a key of 256 random bits in aa-integration-jwt-secret');
  assert.not.match(calls.join('\n'), new RegExp(`${REFERENCE_KEY}|${SECRET_KEY}`));
  const template = asObject(asObject(asObject(fake.state.resources.get('run:ui-connector')).spec).template);
  const annotations = asObject(asObject(template.metadata).annotations);
  assert.is(annotations['run.googleapis.com/vpc-access-connector'], undefined);
  assert.ok(annotations['run.googleapis.com/network-interfaces']);
  assert.ok(fake.state.resources.has(OLD), 'desktops of the old revision still live on it');
});

withGcloud('of the old subscriptions those of the deployed kinds are deleted', async () => {
  haveReference(fake.state, PROJECT, new Date());
  assert.equal((await migrate(['retire'])).changed, ['end of subscription aa-new-suggestion-sub']);
  assert.not.ok(fake.state.resources.has(OLD));
  assert.ok(fake.state.resources.has(`projects/${PROJECT}/subscriptions/aa-new-message-sub`));
});

withGcloud('a project without the reference is told what is missing', async () => {
  assert.equal(await faults(), [
    'there is no service ui-connector in us-central1: see CONNECTOR_SERVICE_NAME and SERVICE_REGION, or leave --migrate out',
    'there is no service cloud-pubsub-interceptor in us-central1: see INTERCEPTOR_SERVICE_NAME and SERVICE_REGION, or leave --migrate out',
    'there is no Redis instance aa-integration-redis in us-central1: see REDIS_INSTANCE_ID, or set REDIS_HOST',
  ]);
});

withGcloud('the printed way back leads to the old revision, forward, and back again', async () => {
  haveReference(fake.state, PROJECT, new Date(Date.now() - 3_600_000));
  await migrate(['relay', 'retire']);
  const { settings, reference } = migration();
  const lines = wayBack(settings, reference).split('\n');
  const trafficAfter = async (part: string) => {
    await bash(lines.find((line) => line.includes(part)) ?? '');
    return asObject(asObject(fake.state.resources.get('run:ui-connector')).status).traffic as unknown[];
  };
  const [old, ...more] = await trafficAfter('--to-revisions');
  assert.is(asObject(old).revisionName, 'ui-connector-00007-ref');
  assert.equal(more, []);
  const [newest] = await trafficAfter('--to-latest');
  assert.is(asObject(newest).latestRevision, true);
  assert.is.not(asObject(newest).revisionName, 'ui-connector-00007-ref');

  const first = lines.findIndex((line) => line.startsWith('INTERCEPTOR='));
  await bash(lines.slice(first, first + 1 + settings.topics.size).join('\n'));
  const { pushConfig } = asObject(fake.state.resources.get(OLD));
  assert.is(
    asObject(pushConfig).pushEndpoint,
    'https://cloud-pubsub-interceptor-x.a.run.app/human-agent-assistant-event',
  );
  await bash(lines.at(-1) ?? '');
  assert.not.ok(fake.state.resources.has('run:cloud-pubsub-interceptor'));
  assert.equal(fake.astray, []);
});

withGcloud('a roll-back by hand holds until the next deployment', async () => {
  haveReference(fake.state, PROJECT, new Date());
  await migrate(['relay']);
  const { settings, reference } = migration();
  await bash(
    wayBack(settings, reference)
      .split('\n')
      .find((line) => line.includes('--to-revisions')) ?? '',
  );
  assert.equal((await migrate(['relay'])).changed, ['traffic of ui-connector']);
});

/** Runs what was printed, with gcloud on the fake. */
async function bash(script: string): Promise<void> {
  const { signal } = new AbortController();
  const { code, stderr } = await toolsFor(fake, folder).exec(['bash', '--norc', '-euc', script], { signal });
  assert.is(code, 0, `${script}\n${stderr}`);
}

function migration() {
  const { env, reference } = readMigration(ONE_TOPIC);
  return { settings: readDeploySettings(env), reference };
}

function faults(): Promise<string[]> {
  const { settings, reference } = migration();
  return referenceFaults(settings, reference, toolsFor(fake, folder));
}

/** Runs these steps of a migration. */
async function migrate(keys: readonly string[]): Promise<{ changed: string[]; calls: string[] }> {
  const { settings, reference } = migration();
  const whole = migrationPlan(plan(settings, {}), settings, reference, { retires: true });
  haveSteps(fake.state, settings, keys);
  const changed: string[] = [];
  const calls: string[] = [];
  const outcome = await run(
    { ...whole, steps: whole.steps.filter(({ key }) => keys.includes(key)) },
    toolsFor(fake, folder, calls),
    {
      step: () => {},
      preview: () => {},
      task: (title, result) => {
        if (result === 'changed') changed.push(title);
      },
    },
  );
  assert.is(outcome.state, 'done', JSON.stringify(outcome));
  return { changed, calls };
}

test.run();
