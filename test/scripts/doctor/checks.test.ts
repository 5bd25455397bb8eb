import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDeploySettings } from '../../../scripts/deploy/settings.ts';
import { type Finding, findingText } from '../../../scripts/doctor/finding.ts';
import {
  checkIdentity,
  checkLocation,
  checkNetwork,
  checkSigningKey,
} from '../../../scripts/doctor/project-checks.ts';
import {
  ask,
  checkCors,
  checkReady,
  checkRegister,
  checkStrangeOrigin,
  STRANGE_ORIGIN,
} from '../../../scripts/doctor/relay-checks.ts';

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

test('a profile in another region is worth a note, and a global one is not', () => {
  const at = (CONVERSATION_PROFILE_LOCATION: string) =>
    checkLocation(settings({ CONVERSATION_PROFILE_LOCATION }));
  assert.is(at('us-central1').state, 'ok');
  assert.is(at('global').state, 'ok');
  assert.is(at('europe-west1').state, 'note');
  assert.match(at('europe-west1').remedy ?? '', 'SERVICE_REGION=europe-west1');
});

test('the answer of /ready tells Redis from Cloud Run', () => {
  assert.is(checkReady(answer(200)).state, 'ok');
  assertFault(
    checkReady(answer(503, '{"message":"Redis does not answer."}')),
    'Redis does not answer.',
    'VPC_NETWORK',
  );
  assertFault(checkReady(answer(403)), '403', 'no-invoker-iam-check');
  assertFault(checkReady(answer(404)), '404', 'logs read');
});

test('no answer at all is a finding, too', async () => {
  assertFault(checkReady(await ask('http://127.0.0.1:1/ready')), 'no answer', 'logs read');
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

test('registering is refused without a credential, and gives a token with one', () => {
  const token = '{"token":"t"}';
  assert.is(checkRegister(answer(401), false).finding.state, 'ok');
  assert.is(checkRegister(answer(200, token), true).token, 't');
  const open = checkRegister(answer(200, token), false);
  assert.is(open.finding.state, 'note');
  assert.is(open.token, 't');
  assertFault(checkRegister(answer(401), true).finding, '401', 'AUTH_OPTION');
  assertFault(checkRegister(answer(503, '{"message":"down"}'), false).finding, '503 down', 'logs read');
});

test('a finding is printed with its remedy below it', () => {
  assert.is(findingText({ check: 'a', state: 'ok', detail: 'b' }), 'ok    a: b');
  assert.is(findingText({ check: 'a', state: 'fault', detail: 'b', remedy: 'c' }), 'FAULT a: b\n      -> c');
});

test.run();
