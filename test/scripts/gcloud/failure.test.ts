import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FailureKind, failureKind } from '../../../scripts/gcloud/failure.ts';

const kindOf = (stderr: string) => failureKind({ code: 1, stdout: '', stderr });

/** What gcloud says, each with one sign of its kind only. */
const SAYINGS: Readonly<Record<FailureKind, readonly string[]>> = {
  transient: [
    'reason: SERVICE_DISABLED',
    'Cloud Run Admin API has not been used in project 1 before or it is disabled',
    'INVALID_ARGUMENT: Service account a@p.iam.gserviceaccount.com does not exist.',
    'RESOURCE_EXHAUSTED: quota',
    'UNAVAILABLE: the service is away',
    'DEADLINE_EXCEEDED: too slow',
    'ABORTED: try again',
    'HTTPError 429: slow down',
    'HTTPError 500: oops',
    'HTTPError 502: gateway',
    'HTTPError 503: away',
    'ResponseError: status=[503], code=[Service Unavailable]',
    "HttpError: response: <{'status': '503'",
    'testIamPermissions: HTTP 503 away',
    '{ "error": { "code": 503 } }',
    'HTTPError 504: gateway',
    'Too many requests',
    'The operation timed out',
    'There were concurrent policy changes',
    'Connection reset by peer',
    'connection refused',
    'Connection aborted.',
  ],
  exists: ['ALREADY_EXISTS: topic', 'Resource already exists in the project', 'HTTPError 409: conflict'],
  forbidden: [
    'PERMISSION_DENIED: no',
    'does not have permission to access',
    "Permission 'run.services.get' denied",
    'HTTPError 403: no',
    'Forbidden',
  ],
  missing: [
    'NOT_FOUND: no',
    'Resource was not found',
    'Topic does not exist',
    'Cannot find service [x]',
    'The instance could not be found',
    'HTTPError 404: no',
    'NOT_FOUND: conversation profile "Pull request 503"',
    'NOT_FOUND: Resource projects/proj-429/topics/t-409 (403)',
  ],
  permanent: ['INVALID_ARGUMENT: no such tier', '', 'size 5000 GiB is too much'],
};

for (const [kind, sayings] of Object.entries(SAYINGS)) {
  test(`what gcloud says of a failure is understood: ${kind}`, () => {
    for (const saying of sayings) assert.is(kindOf(`ERROR: (gcloud.x) ${saying}`), kind, saying);
  });
}

test('a program that was ended may be run again', () => {
  assert.is(failureKind({ code: undefined, stdout: '', stderr: 'PERMISSION_DENIED' }), 'transient');
});

test.run();
