import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDeploySettings } from '../../../../scripts/deploy/settings/deploy-settings.ts';
import { type FailureKind, TaskError } from '../../../../scripts/gcloud/failure.ts';
import { type Finding, findingText } from '../../../../scripts/operate/doctor/finding.ts';
import { functionLogs } from '../../../../scripts/operate/doctor/logs.ts';
import {
  checkEviction,
  checkIdentity,
  checkLocation,
  checkNetwork,
  checkSigningKey,
} from '../../../../scripts/operate/doctor/project-checks.ts';
import {
  ask,
  checkCors,
  checkReady,
  checkRegister,
  checkStrangeOrigin,
  STRANGE_ORIGIN,
} from '../../../../scripts/operate/doctor/relay-checks.ts';
import { unseen } from '../../../../scripts/operate/doctor/unseen.ts';
import { ownNames } from '../../deploy/own-names.ts';

const settings = (env: Record<string, string> = {}) =>
  readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...env });
const answer = (status: number, text = '', headers: Record<string, string> = {}) => ({
  status,
  text,
  headers: new Headers(headers),
});
const KIND = 'new-message-event';

function assertFault(finding: Finding, detail: string | RegExp, remedy: string | RegExp): void {
  assert.is(finding.state, 'fault');
  assert.match(finding.detail, detail);
  assert.match(finding.remedy ?? '', remedy);
}

test('a subscription must call its function as the trigger account', () => {
  const calling = (serviceAccountEmail?: string) => ({
    pushConfig: serviceAccountEmail === undefined ? {} : { oidcToken: { serviceAccountEmail } },
  });
  const invoker = 'cloud-run-pubsub-invoker@my-project.iam.gserviceaccount.com';
  assert.is(checkIdentity(KIND, calling(invoker), settings()).state, 'ok');
  assertFault(checkIdentity(KIND, calling('other@x'), settings()), 'as other@x', 'teardown');
  assertFault(checkIdentity(KIND, calling(), settings()), 'without an identity', 'teardown');
  assertFault(
    checkIdentity(KIND, { ...calling(invoker), topic: '_deleted-topic_' }, settings()),
    'lost its topic',
    'deploy',
  );
});

test('the newest version of the signing key must be enabled, whatever older ones are', () => {
  const version = (number: number, state: string) => ({
    name: `projects/1/secrets/s/versions/${number}`,
    state,
  });
  assert.match(
    checkSigningKey([version(2, 'ENABLED'), version(1, 'DISABLED')], 's').detail,
    'version 2 signs; 1 are enabled',
  );
  assertFault(
    checkSigningKey([version(2, 'DISABLED'), version(1, 'ENABLED')], 's'),
    '2, is DISABLED',
    'versions enable 2 --secret=s',
  );
  assertFault(checkSigningKey([], 's'), 'no version', '--only jwt-secret');
});

test('Redis must be in the network of relay and functions', () => {
  const inNetwork = (name: string) => ({ authorizedNetwork: `projects/p/global/networks/${name}` });
  assert.is(checkNetwork(inNetwork('default'), settings()).state, 'ok');
  assertFault(checkNetwork(inNetwork('other'), settings()), 'in network other', 'VPC_NETWORK=other');
});

test('a Redis that evicts keys when it is full is noted with the command', () => {
  const kept = checkEviction({ redisConfigs: { 'maxmemory-policy': 'noeviction' } }, settings());
  assert.is(kept.state, 'ok');
  for (const redisConfigs of [undefined, { 'maxmemory-policy': 'volatile-lru' }]) {
    const finding = checkEviction({ redisConfigs }, settings());
    assert.is(finding.state, 'note');
    assert.match(
      finding.remedy ?? '',
      /^gcloud redis instances update aa-integration-redis --update-redis-config=maxmemory-policy=noeviction /,
    );
  }
});

test('a profile in another region is worth a note, and a global one is not', () => {
  const at = (CONVERSATION_PROFILE_LOCATION: string) =>
    checkLocation(settings({ CONVERSATION_PROFILE_LOCATION }));
  assert.is(at('us-central1').state, 'ok');
  assert.is(at('global').state, 'ok');
  assert.is(at('europe-west1').state, 'note');
  assert.match(at('europe-west1').remedy ?? '', 'SERVICE_REGION=europe-west1');
});

test('a location that the relay does not allow is a fault where the profile is', () => {
  const allowing = (ALLOWED_LOCATIONS: string) =>
    checkLocation(settings({ ALLOWED_LOCATIONS, CONVERSATION_PROFILE_LOCATION: 'us-central1' }));
  assert.is(allowing('global, us-central1').state, 'ok');
  assertFault(allowing('global'), 'refused to every desktop', 'add us-central1 to ALLOWED_LOCATIONS');
});

const RELAY_LOGS = 'gcloud run services logs read ui-connector --region=us-central1 --project=my-project';

test('the answer of /ready tells Redis from Cloud Run', () => {
  assert.is(checkReady(answer(200), settings()).state, 'ok');
  assertFault(
    checkReady(answer(503, '{"message":"Redis does not answer."}'), settings()),
    'Redis does not answer.',
    'VPC_NETWORK',
  );
  assertFault(checkReady(answer(403), settings()), '403', 'set RELAY_INVOCATION=no-invoker-iam-check');
  assertFault(checkReady(answer(404), settings()), '404', RELAY_LOGS);
});

test('a Redis that is full, or takes no writes for another reason, is a fault', () => {
  const ready = (reason: string) =>
    answer(200, `{"status":"ok","redis":"takes no writes: ${reason}","lost":[]}`);
  assertFault(
    checkReady(ready('full'), settings()),
    'Redis is full',
    /^set REDIS_SIZE_GB to more than 5, then npm run deploy -- --only redis$/,
  );
  assertFault(
    checkReady(ready('full'), settings({ REDIS_HOST: '10.0.0.3', REDIS_SECURITY: 'plain' })),
    'Redis is full',
    'more memory',
  );
  assertFault(checkReady(ready('other'), settings()), 'takes no writes: other', RELAY_LOGS);
});

test('a relay that lets nobody in is not told to set what is set', () => {
  const { remedy = '' } = checkReady(answer(403), settings({ RELAY_INVOCATION: 'no-invoker-iam-check' }));
  assert.match(remedy, 'npm run deploy -- --only relay');
  assert.not.match(remedy, 'RELAY_INVOCATION');
});

test('no answer at all is a finding, too', async () => {
  assertFault(checkReady(await ask('http://127.0.0.1:1/ready'), settings()), 'no answer', RELAY_LOGS);
});

test('an origin is allowed by its own name or by all', () => {
  const from = (allowed?: string) =>
    checkCors(
      answer(200, '', allowed === undefined ? {} : { 'access-control-allow-origin': allowed }),
      'https://desk.example',
    );
  assert.is(from('https://desk.example').state, 'ok');
  assert.is(from('*').state, 'ok');
  assertFault(from(), 'is refused', 'add https://desk.example to CORS_ALLOWED_ORIGINS');
  assertFault(from('https://other.example'), 'is refused', 'CORS_ALLOWED_ORIGINS');
});

test('a relay that lets any origin call works, and is noted', () => {
  const allowing = (allowed?: string) =>
    checkStrangeOrigin(
      answer(204, '', allowed === undefined ? {} : { 'access-control-allow-origin': allowed }),
    );
  assert.is(allowing().state, 'ok');
  assert.is(allowing('https://desk.example').state, 'ok');
  for (const allowed of ['*', STRANGE_ORIGIN]) {
    const finding = allowing(allowed);
    assert.is(finding.state, 'note');
    assert.match(finding.remedy ?? '', 'set CORS_ALLOWED_ORIGINS');
  }
  assert.is(checkStrangeOrigin({ reason: 'refused' }).state, 'fault');
});

const GENESYS = {
  AUTH_OPTION: 'GenesysCloud',
  GENESYS_CLOUD_ENVIRONMENT: 'mypurecloud.com',
  GENESYS_CLOUD_ANY_ORGANIZATION: 'allow',
};

test('registering is refused without a credential, and gives a token with one', () => {
  const token = '{"token":"t"}';
  const closed = settings(GENESYS);
  assert.is(checkRegister(answer(401), false, closed).finding.state, 'ok');
  assert.is(checkRegister(answer(200, token), true, closed).token, 't');
  const open = checkRegister(answer(200, token), false, closed);
  assert.is(open.finding.state, 'note');
  assert.is(open.token, 't');
  assertFault(checkRegister(answer(401), true, closed).finding, '401', 'AUTH_OPTION');
  assertFault(
    checkRegister(answer(503, '{"message":"down"}'), false, closed).finding,
    '503 down',
    RELAY_LOGS,
  );
});

test('a relay at which no agent can register is noted, and not taken for a careful one', () => {
  for (const hasCredential of [false, true]) {
    const { finding } = checkRegister(answer(401), hasCredential, settings());
    assert.is(finding.state, 'note');
    assert.match(finding.remedy ?? '', 'set AUTH_OPTION');
  }
});

test('what may not be read needs a permission, what is missing a deployment', () => {
  const unseenFor = (kind: FailureKind) =>
    unseen('relay', new TaskError(kind, 'gcloud said no'), 'npm run deploy');
  assertFault(unseenFor('forbidden'), 'may not be looked at: gcloud said no', 'grant your account');
  assertFault(unseenFor('missing'), 'cannot be looked at: gcloud said no', 'npm run deploy');
});

test('the log of a function is read where it runs, under the name that it has', () => {
  const at = '--region=us-central1 --project=my-project';
  assert.is(functionLogs(KIND, settings()), `gcloud functions logs read ${KIND} --gen2 ${at}`);
  const named = settings({ ...ownNames('pr7'), FUNCTION_NETWORK: 'direct' });
  assert.is(functionLogs(KIND, named), `gcloud run services logs read ${KIND}-pr7 ${at}`);
});

test('a finding is printed with its remedy below it', () => {
  assert.is(findingText({ check: 'a', state: 'ok', detail: 'b' }), 'ok    a: b');
  assert.is(findingText({ check: 'a', state: 'fault', detail: 'b', remedy: 'c' }), 'FAULT a: b\n      -> c');
});

test.run();
