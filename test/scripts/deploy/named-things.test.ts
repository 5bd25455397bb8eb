// What the settings name and a deployment does not make, looked for before anything is made.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingThings } from '../../../scripts/deploy/named-things.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import type { ExecResult } from '../../../scripts/gcloud/exec.ts';

const THERE: ExecResult = { code: 0, stdout: '{"name":"x"}', stderr: '' };
const EMPTY: ExecResult = { code: 0, stdout: '\n', stderr: 'Listed 0 items.' };
const failed = (stderr: string): ExecResult => ({ code: 1, stdout: '', stderr });
const GONE = failed('ERROR: (gcloud) NOT_FOUND: Unknown service account');
const IMAGE = 'europe-west1-docker.pkg.dev/demo-proj/images/relay';

async function look(env: Record<string, string>, answer: ExecResult) {
  const calls: string[] = [];
  const faults = await missingThings(readDeploySettings({ GCP_PROJECT_ID: 'demo-proj', ...env }), {
    exec: async (argv) => {
      calls.push(argv.join(' '));
      return answer;
    },
    signal: new AbortController().signal,
  });
  return { calls, faults };
}

const NAMED = {
  BUILD_SERVICE_ACCOUNT: 'builder@demo-proj.iam.gserviceaccount.com',
  CONNECTOR_SERVICE_ACCOUNT: 'relay@other.iam.gserviceaccount.com',
  INTERCEPTOR_SERVICE_ACCOUNT: 'functions@other.iam.gserviceaccount.com',
  AUTHORIZER_TOKEN_SECRET: 'token-of-authorizer',
  CONVERSATION_PROFILE_ID: 'profile-1',
  DEPLOY_FROM: 'image',
  RELAY_IMAGE: `${IMAGE}:v1`,
  VPC_SUBNET: 'desks',
  NOTIFICATION_CHANNELS: 'projects/demo-proj/notificationChannels/1',
};

test('everything that the settings name is missing at once, by its variable', async () => {
  const { faults } = await look({ ...NAMED, AUTHORIZER_URL: 'https://authorizer.example.com' }, GONE);
  assert.equal(faults.map((fault) => fault.split(' ')[0]).sort(), [
    ...['AUTHORIZER_TOKEN_SECRET', 'BUILD_SERVICE_ACCOUNT', 'CONNECTOR_SERVICE_ACCOUNT'],
    ...['CONVERSATION_PROFILE_ID', 'INTERCEPTOR_SERVICE_ACCOUNT', 'NOTIFICATION_CHANNELS'],
    ...['RELAY_IMAGE', 'VPC_SUBNET'],
  ]);
  assert.not.match(faults.join('\n'), 'token-of-authorizer');
});

test('settings that name nothing ask Google nothing', async () => {
  assert.equal(await look({}, GONE), { calls: [], faults: [] });
  assert.equal((await look({ DEPLOY_FROM: 'image' }, GONE)).calls, []);
});

test('what is there, cannot be seen, or is in an API that is off, is no fault', async () => {
  const off = failed('ERROR: (gcloud) PERMISSION_DENIED: IAM API has not been used in project 1 before');
  const forbidden = failed('ERROR: (gcloud) PERMISSION_DENIED: Permission denied (or it may not exist)');
  for (const answer of [THERE, off, forbidden]) assert.equal((await look(NAMED, answer)).faults, []);
});

test('a tag that no image has is a list without an entry', async () => {
  const { calls, faults } = await look({ DEPLOY_FROM: 'image', RELAY_IMAGE: `${IMAGE}:v1` }, EMPTY);
  assert.is(calls.length, 1);
  assert.match(
    faults[0] ?? '',
    `RELAY_IMAGE names an image that is not there: gcloud artifacts docker images list ${IMAGE}`,
  );
});

test('a subnet of another network than VPC_NETWORK is a fault', async () => {
  const stdout = JSON.stringify({
    network: 'https://www.googleapis.com/compute/v1/projects/p/global/networks/old',
  });
  const { faults } = await look({ VPC_SUBNET: 'desks', VPC_NETWORK: 'new' }, { ...THERE, stdout });
  assert.match(faults[0] ?? '', 'VPC_SUBNET is desks, a subnet of the network old, and VPC_NETWORK is new');
});

test('a region that this version does not know is asked for, and only that', async () => {
  const refused = failed(
    "ERROR: (gcloud) PERMISSION_DENIED: Permission denied on 'locations/us-west9' (or it may not exist).",
  );
  assert.match(
    (await look({ SERVICE_REGION: 'us-west9' }, refused)).faults[0] ?? '',
    'SERVICE_REGION is us-west9',
  );
  assert.equal((await look({ SERVICE_REGION: 'us-west9' }, GONE)).faults, []);
});

test.run();
