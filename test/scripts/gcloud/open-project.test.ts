// The first look of every command, with what gcloud 528 and Resource Manager say.
import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ExecResult } from '../../../scripts/gcloud/exec.ts';
import { openProject } from '../../../scripts/gcloud/open-project.ts';
import { listen } from '../../helpers/listen.ts';

const SIGNED_OUT =
  'ERROR: (gcloud.auth.print-access-token) You do not currently have an active account selected.';
const UNSEEN = {
  error: { code: 403, message: 'The caller does not have permission', status: 'PERMISSION_DENIED' },
};

interface Look {
  projectId?: string;
  adminAccount?: string;
  token?: Partial<ExecResult>;
  account?: string;
  answer?: { status: number; body: object };
}

async function look({ projectId = 'demo-proj', adminAccount, token, account = '', answer }: Look) {
  const calls: string[] = [];
  const server = createServer((_, response) => {
    response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer?.body ?? { lifecycleState: 'ACTIVE' }));
  });
  const endpoint = `http://127.0.0.1:${await listen(server)}/`;
  try {
    const access = await openProject(
      { projectId, adminAccount },
      {
        exec: async (argv) => {
          calls.push(argv.join(' '));
          const isToken = argv.includes('print-access-token');
          return {
            code: 0,
            stdout: isToken ? 'a-token\n' : `${account}\n`,
            stderr: '',
            ...(isToken ? token : {}),
          };
        },
        signal: new AbortController().signal,
      },
      { CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: endpoint },
    );
    return { access, calls, message: '' };
  } catch (error) {
    return { access: undefined, calls, message: error instanceof Error ? error.message : String(error) };
  } finally {
    server.close();
  }
}

test('the account that is signed in and sees the project is printed', async () => {
  const { access } = await look({ account: 'me@example.com' });
  assert.equal(access, { accessToken: 'a-token', account: 'me@example.com' });
});

test('the account of the settings is used, and gcloud is not asked for its own', async () => {
  const { access, calls } = await look({ adminAccount: 'admin@example.com' });
  assert.is(access?.account, 'admin@example.com');
  assert.equal(calls, ['gcloud auth print-access-token admin@example.com --quiet']);
});

test('signed out of gcloud, the remedy is to sign in', async () => {
  const token = { code: 1, stdout: '', stderr: SIGNED_OUT };
  assert.is((await look({ token })).message, `gcloud is not signed in: run gcloud auth login\n${SIGNED_OUT}`);
  const { message } = await look({ token, adminAccount: 'admin@example.com' });
  assert.match(
    message,
    'signed in as ADMIN_ACCOUNT, admin@example.com: run gcloud auth login admin@example.com',
  );
});

for (const status of [403, 404]) {
  test(`a project that is answered with ${status} is not there, or not for this account`, async () => {
    const { message } = await look({ account: 'me@example.com', answer: { status, body: UNSEEN } });
    assert.match(message, 'me@example.com sees no project demo-proj: is GCP_PROJECT_ID right?');
  });
}

test('a project that is about to be deleted is refused', async () => {
  const body = { lifecycleState: 'DELETE_REQUESTED' };
  assert.is(
    (await look({ answer: { status: 200, body } })).message,
    'project demo-proj is about to be deleted',
  );
});

test('where Google does not say whether the project exists, the command goes on', async () => {
  const off = {
    error: { code: 403, message: 'Cloud Resource Manager API has not been used in project 7 before' },
  };
  for (const answer of [
    { status: 503, body: {} },
    { status: 403, body: off },
  ])
    assert.is((await look({ answer })).access?.accessToken, 'a-token');
});

test('the project of the sample is refused before gcloud is asked', async () => {
  const { message, calls } = await look({ projectId: 'my-project' });
  assert.is(message, 'GCP_PROJECT_ID is still my-project: set it to the id of your project');
  assert.equal(calls, []);
});

test.run();
