import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findDeployment } from '../../../scripts/deploy/deployed.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import type { ExecResult } from '../../../scripts/gcloud/exec.ts';

const settings = readDeploySettings({ GCP_PROJECT_ID: 'demo-proj' });
const THERE: ExecResult = { code: 0, stdout: 'name\n', stderr: '' };
const MISSING: ExecResult = {
  code: 1,
  stdout: '',
  stderr: 'ERROR: (gcloud) Cannot find service [ui-connector]',
};
const API_OFF: ExecResult = { code: 1, stdout: '', stderr: 'ERROR: SERVICE_DISABLED' };
const FORBIDDEN: ExecResult = { code: 1, stdout: '', stderr: 'ERROR: PERMISSION_DENIED' };

async function seen(answers: { run: ExecResult; secrets: ExecResult; pubsub: ExecResult }) {
  const asked: string[] = [];
  const found = await findDeployment(settings, {
    exec: async ([, group = '']) => {
      asked.push(group);
      return answers[group as keyof typeof answers];
    },
    signal: new AbortController().signal,
  });
  return { found, asked };
}

test('a relay alone shows that there is a deployment, and nothing else is looked at', async () => {
  assert.equal(await seen({ run: THERE, secrets: MISSING, pubsub: MISSING }), {
    found: 'relay',
    asked: ['run'],
  });
});

test('a deployment that ended half-way, or is in another region, counts', async () => {
  assert.is((await seen({ run: MISSING, secrets: MISSING, pubsub: THERE })).found, 'without-relay');
});

test('a project without its things, or with its APIs off, holds no deployment', async () => {
  assert.is((await seen({ run: MISSING, secrets: MISSING, pubsub: MISSING })).found, 'none');
  assert.is((await seen({ run: API_OFF, secrets: API_OFF, pubsub: API_OFF })).found, 'none');
});

test('what may not be read counts as there', async () => {
  assert.is((await seen({ run: FORBIDDEN, secrets: MISSING, pubsub: MISSING })).found, 'relay');
});

test.run();
