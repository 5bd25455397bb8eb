import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { migrationPlan } from '../../../../scripts/deploy/migrate/plan.ts';
import { readMigration } from '../../../../scripts/deploy/migrate/settings.ts';
import { wayBack } from '../../../../scripts/deploy/migrate/way-back.ts';
import { plan } from '../../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../../scripts/deploy/settings/deploy-settings.ts';
import type { Reading, Task } from '../../../../scripts/gcloud/step.ts';

const migrationOf = (given: Record<string, string> = {}, retires = true) => {
  const migration = readMigration({ GCP_PROJECT_ID: 'my-project', ...given });
  const settings = readDeploySettings(migration.env);
  const { steps } = migrationPlan(plan(settings, {}), settings, migration.reference, { retires });
  const tasks = steps.flatMap((step) => step.tasks);
  return { ...migration, settings, steps, tasks, argvs: tasks.map(({ change }) => change.argv) };
};
const found = (value: unknown): Reading => ({ found: true, text: JSON.stringify(value) });
const isDone = (task: Task | undefined, reading: Reading) => task?.isDone([reading], (text) => text);

test('events are in the log before desktops come, and in the interceptor', () => {
  const { argvs } = migrationOf();
  const first = (...words: string[]) => argvs.findIndex((argv) => words.every((word) => argv.includes(word)));
  const last = (...words: string[]) =>
    argvs.findLastIndex((argv) => words.every((word) => argv.includes(word)));
  const relay = first('run', 'deploy', 'ui-connector');
  assert.ok(last('functions', 'deploy') < relay);
  assert.ok(last('subscriptions', 'update') < relay);
  assert.ok(relay < first('subscriptions', 'delete'));
  assert.is(argvs.filter((argv) => argv.includes('delete')).length, 4);
});

test('the old subscriptions go only when that is asked for', () => {
  const { steps, argvs } = migrationOf({}, false);
  assert.not.ok(argvs.some((argv) => argv.includes('delete')));
  assert.not.ok(steps.some(({ key }) => key === 'retire'));
});

test('what a step needs comes before it', () => {
  const seen = new Set<string>();
  for (const { key, needs } of migrationOf().steps) {
    for (const need of needs) assert.ok(seen.has(need), `${key} needs ${need}`);
    seen.add(key);
  }
});

test("topics, Redis, names and region are those of the reference's settings", () => {
  const { argvs } = migrationOf({
    SERVICE_REGION: 'europe-west1',
    CONNECTOR_SERVICE_NAME: 'our-connector',
    NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'our-messages',
    NEW_MESSAGE_NOTIFICATIONS_SUBSCRIPTION_ID: 'our-messages-sub',
    REDIS_INSTANCE_ID: 'our-redis',
  });
  const relay = argvs.find((argv) => argv.includes('deploy') && argv.includes('our-connector'));
  assert.ok(relay?.includes('--region=europe-west1'));
  assert.ok(
    relay?.includes('--clear-vpc-connector'),
    'Cloud Run refuses a connector beside Direct VPC egress',
  );
  assert.ok(argvs.some((argv) => argv.includes('--trigger-topic=our-messages')));
  assert.ok(argvs.some((argv) => argv.includes('delete') && argv.includes('our-messages-sub')));
  assert.ok(argvs.some((argv) => argv.includes('create') && argv.includes('our-redis')));
});

test('Redis stays plain, any origin may come, no profile is made, and all is said', () => {
  const { settings, notes, steps } = migrationOf();
  assert.is(settings.redisSecurity, 'plain');
  assert.is(settings.relayEnv.CORS_ALLOWED_ORIGINS, undefined);
  assert.not.ok(steps.some(({ key }) => key === 'redis-secrets' || key === 'profile'));
  assert.match(notes.join('\n'), /REDIS_SECURITY=plain.*any origin.*register again/s);
  const kept = migrationOf({ CORS_ALLOWED_ORIGINS: 'https://desk.example' });
  assert.match(kept.notes.join('\n'), 'stays https://desk.example');
  assert.throws(() => readMigration({ REDIS_SECURITY: 'tls-auth' }), 'has no TLS');
});

test('a cluster that nobody made is refused as without a migration', () => {
  assert.throws(() => migrationOf({ REDIS_CLUSTER: 'true' }), 'REDIS_CLUSTER is true: set REDIS_HOST');
});

test('a key that can be guessed is followed by one that cannot, once', () => {
  const task = migrationOf().tasks.find(({ change }) => change.input?.from === 'random');
  assert.not.ok(isDone(task, { found: true, text: '68b329da9893e34099c7\n' }));
  assert.not.ok(isDone(task, { found: false }));
  assert.ok(isDone(task, { found: true, text: 'a'.repeat(64) }));
});

test('an old subscription is deleted only if it pushes to an interceptor', () => {
  const task = migrationOf().tasks.find(({ title }) => title === 'end of subscription aa-new-message-sub');
  const topic = 'projects/my-project/topics/aa-new-message-topic';
  const pushConfig = { pushEndpoint: 'https://x.run.app/new-message-event' };
  assert.not.ok(isDone(task, found({ topic, pushConfig })));
  assert.ok(isDone(task, { found: false }));
  assert.ok(isDone(task, found({ topic, pushConfig: { pushEndpoint: 'https://x.run.app/other' } })));
  assert.ok(isDone(task, found({ topic: 'projects/my-project/topics/other', pushConfig })));
  assert.ok(isDone(task, found({ topic })));
});

test('the way back names the old revision by what it lacks, and each subscription', () => {
  const { settings, reference } = migrationOf();
  const text = wayBack(settings, reference);
  assert.match(text, "'--filter=-metadata.labels.config-digest:*'");
  assert.match(text, /subscriptions create aa-intermediate-transcript-event-sub .*"\$INTERCEPTOR\/new-recog/);
  assert.match(text, '--migrate --only retire');
});

test.run();
