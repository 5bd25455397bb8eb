import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plan } from '../../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../../scripts/deploy/settings/deploy-settings.ts';
import { functionName } from '../../../../scripts/deploy/settings/names.ts';
import { ownNames } from '../own-names.ts';

const settingsOf = (env: Record<string, string> = {}) =>
  readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...env });

test("without a suffix functions have the events' names, with one all have it", () => {
  assert.is(functionName(settingsOf(), 'new-message-event'), 'new-message-event');
  for (const network of ['connector', 'direct']) {
    const settings = settingsOf({ ...ownNames('b2'), FUNCTION_NETWORK: network });
    assert.is(functionName(settings, 'new-message-event'), 'new-message-event-b2');
    const { steps, lookups } = plan(settings, {});
    const argvs = steps
      .filter(({ key }) => key === 'functions')
      .flatMap(({ tasks }) =>
        tasks.flatMap(({ change, reads, undo }) => [change.argv, ...reads, undo?.argv ?? []]),
      )
      .concat(Object.values(lookups).map(({ argv }) => argv));
    const names = argvs
      .flat()
      .filter((word) => /^(?:--destination-run-service=)?new-message-event/.test(word));
    assert.ok(names.length > 5, 'names are looked at');
    for (const name of names) assert.match(name, /new-message-event-b2$/);
  }
});

test('a name that Cloud Run or Memorystore refuses is reported with its room', () => {
  assert.throws(
    () => settingsOf(ownNames('a-longer-one')),
    'FUNCTION_NAME_SUFFIX has 12 characters: set it to at most 7',
  );
  assert.ok(
    settingsOf({ ...ownNames('a-longer-one'), NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none' }),
    'the longest name is not deployed',
  );
  for (const suffix of ['PR7', '-7', '7-', 'a_b'])
    assert.throws(() => settingsOf({ FUNCTION_NAME_SUFFIX: suffix }), 'FUNCTION_NAME_SUFFIX is not valid');
  assert.ok(settingsOf({ CONNECTOR_SERVICE_NAME: 'a'.repeat(49), REDIS_INSTANCE_ID: 'a'.repeat(40) }));
  assert.throws(
    () => settingsOf({ CONNECTOR_SERVICE_NAME: 'a'.repeat(50) }),
    'CONNECTOR_SERVICE_NAME has 50',
  );
  assert.throws(() => settingsOf({ REDIS_INSTANCE_ID: 'a'.repeat(41) }), 'set it to at most 40');
});

test('with a suffix no name may be that of a deployment without one', () => {
  const whole = ownNames('b2');
  for (const [name, value] of Object.entries(whole)) {
    if (name === 'FUNCTION_NAME_SUFFIX') continue;
    const { [name]: _, ...rest } = whole;
    assert.throws(() => settingsOf(rest), `${name} is `);
    assert.ok(settingsOf({ ...rest, [name]: value }));
  }
  const { CONNECTOR_SERVICE_ACCOUNT_NAME: __, CONVERSATION_PROFILE_NAME: ___, ...some } = whole;
  assert.ok(
    settingsOf({
      ...some,
      CONNECTOR_SERVICE_ACCOUNT: 'a@p.iam.gserviceaccount.com',
      CONVERSATION_PROFILE_ID: 'none',
    }),
    'what is not made needs no name',
  );
});

test('two Redis instances of one project have secrets of their own', () => {
  const text = JSON.stringify(plan(settingsOf({ REDIS_INSTANCE_ID: 'redis-eu' }), {}));
  assert.match(text, 'REDIS_AUTH=redis-eu-auth:');
  assert.not.match(text, 'aa-integration-redis-auth');
});

test.run();
