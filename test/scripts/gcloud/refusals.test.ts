import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failureKind, isTooNew, pausesAfter } from '../../../scripts/gcloud/failure.ts';
import { refusalRemedy } from '../../../scripts/gcloud/refusals.ts';

const said = (stderr: string) => ({ code: 1, stdout: '', stderr });
const EVENTARC =
  'ERROR: (gcloud.functions.deploy) ResponseError: status=[400], code=[Bad Request], message=[Validation failed for trigger t: ' +
  'Invalid resource state for "": Permission denied while using the Eventarc Service Agent. If you recently started to use ' +
  'Eventarc, it may take a few minutes before all necessary permissions are propagated to the Service Agent.]';

const minutesOf = (stderr: string) => pausesAfter(said(stderr)).reduce((sum, ms) => sum + ms, 0) / 60_000;

test("a trigger that Eventarc's agent may not make yet is tried for five minutes", () => {
  assert.is(failureKind(said(EVENTARC)), 'transient');
  assert.is(minutesOf(EVENTARC), 5);
});

test('an account that is nowhere is answered with its address', () => {
  assert.match(
    refusalRemedy('INVALID_ARGUMENT: Service account a@p.iam.gserviceaccount.com does not exist.') ?? '',
    'There is no service account a@p.iam.gserviceaccount.com: correct the setting that names it',
  );
});

test('an account and an API that are new are tried for two minutes, others for one', () => {
  assert.is(minutesOf('INVALID_ARGUMENT: Service account a@p.iam.gserviceaccount.com does not exist.'), 2);
  assert.is(minutesOf('NOT_FOUND: Unknown service account'), 2);
  assert.ok(minutesOf('reason: SERVICE_DISABLED') > 2);
  assert.ok(minutesOf('HTTPError 503: away') < 1);
});

test('NOT_FOUND is temporary only for an account that this run has made', () => {
  const email = 'a@p.iam.gserviceaccount.com';
  const made = new Set([email]);
  const argv = ['gcloud', 'iam', 'service-accounts', 'add-iam-policy-binding', email];
  const unknown = said('ERROR: (gcloud.iam) NOT_FOUND: Unknown service account');
  assert.ok(isTooNew(argv, unknown, made));
  assert.not.ok(isTooNew(argv, unknown, new Set()));
  assert.not.ok(isTooNew(['gcloud', 'pubsub', 'topics', 'describe', 't'], unknown, made));
  const actAs = said(
    `PERMISSION_DENIED: Permission 'iam.serviceaccounts.actAs' denied on service account ${email} (or it may not exist).`,
  );
  assert.ok(isTooNew(['gcloud', 'run', 'deploy'], actAs, made));
  assert.not.ok(isTooNew(argv, said('PERMISSION_DENIED: no'), made));
});

const REMEDIES: readonly [words: string, remedy: string][] = [
  [
    'FAILED_PRECONDITION: One or more users named in the policy do not belong to a permitted customer',
    'RELAY_INVOCATION=no-invoker-iam-check',
  ],
  [
    'Max instances must be set to 12 or fewer to set the requested total CPU',
    'RELAY_MAX_INSTANCES and FUNCTION_MAX_INSTANCES to at most 12,',
  ],
  ['For the specified value, maxScale may not exceed 10', 'to at most 10,'],
  [
    'must be less than or equal to 100 when run.googleapis.com/network-interfaces annotation is set',
    'Direct VPC egress allows fewer instances',
  ],
  ["Permission denied on 'locations/us-central9' (or it may not exist)", 'no region us-central9'],
  ['due to a missing permission on the build service account', 'roles/run.builder'],
  [EVENTARC, 'roles/eventarc.serviceAgent'],
];

test('a refusal that a setting mends is answered with the setting', () => {
  for (const [words, remedy] of REMEDIES) assert.match(refusalRemedy(`ERROR: ${words}`) ?? '', remedy);
  assert.is(refusalRemedy('ERROR: NOT_FOUND: topic'), undefined);
});

test('a region that does not exist is no missing permission', () => {
  assert.is(
    failureKind(said("403: Permission denied on 'locations/x1' (or it may not exist).")),
    'permanent',
  );
});

test.run();
