// Google's library against a metadata server of our own: it is what answers on Cloud Run.
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CredentialsError, googleCredentials, NO_CREDENTIALS } from '../../../relay/google/credentials.ts';
import { Fixture } from '../../helpers/fixture.ts';

let status = 200;
const asked: string[] = [];
const metadata = createServer((request, response) => {
  const target = request.url ?? '';
  if (target.includes('/token')) asked.push(target);
  response.setHeader('metadata-flavor', 'Google').setHeader('content-type', 'application/json');
  const token = { access_token: `token-${asked.length}`, expires_in: 3600, token_type: 'Bearer' };
  response.statusCode = target.includes('/token') ? status : 200;
  if (target.includes('/token'))
    response.end(JSON.stringify(status === 200 ? token : { error: 'secret-detail' }));
  else response.end(JSON.stringify('my-project'));
});

const fixture = new Fixture(test);

test.before(async () => {
  const port = await fixture.listen(metadata);
  for (const name of ['GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_CLOUD_QUOTA_PROJECT'])
    delete process.env[name];
  process.env.HOME = '/nonexistent';
  process.env.GCE_METADATA_HOST = `127.0.0.1:${port}`;
  process.env.METADATA_SERVER_DETECTION = 'assume-present';
});

test.before.each(() => {
  asked.length = 0;
  status = 200;
});

test('a token for the Dialogflow scope is fetched once and used again', async () => {
  const credentials = googleCredentials('my-project');
  assert.equal(await credentials.headers(), { authorization: 'Bearer token-1' });
  assert.equal(await credentials.headers(), { authorization: 'Bearer token-1' });
  assert.is(asked.length, 1);
  assert.is(
    new URL(asked[0] ?? '', 'http://m').searchParams.get('scopes'),
    'https://www.googleapis.com/auth/dialogflow',
  );
});

test('calls at the same time share one token', async () => {
  const credentials = googleCredentials('my-project');
  const all = await Promise.all(Array.from({ length: 20 }, () => credentials.headers()));
  assert.ok(all.every((headers) => headers.authorization === 'Bearer token-1'));
  assert.is(asked.length, 1);
});

test('invalidated credentials are fetched again', async () => {
  const credentials = googleCredentials('my-project');
  await credentials.headers();
  credentials.invalidate();
  assert.equal(await credentials.headers(), { authorization: 'Bearer token-2' });
});

test('a quota project goes with the token', async () => {
  process.env.GOOGLE_CLOUD_QUOTA_PROJECT = 'quota-project';
  const headers = await googleCredentials('my-project').headers();
  delete process.env.GOOGLE_CLOUD_QUOTA_PROJECT;
  assert.equal(headers, { authorization: 'Bearer token-1', 'x-goog-user-project': 'quota-project' });
});

test("a refused token is an error without the server's words, and is retried", async () => {
  const credentials = googleCredentials('my-project');
  status = 403;
  const error = await credentials.headers().catch((reason: unknown) => reason);
  if (!(error instanceof CredentialsError)) throw new Error('not a CredentialsError');
  assert.match(error.message, /^Google credentials: no access token was given( \(\w+\))?$/);
  assert.not.match(JSON.stringify({ ...error, stack: error.stack, cause: error.cause }), /secret-detail/);
  status = 200;
  assert.match((await credentials.headers()).authorization ?? '', /^Bearer token-/);
});

test('without any credentials the error says that none could be loaded', async () => {
  process.env.METADATA_SERVER_DETECTION = 'none';
  const credentials = googleCredentials('my-project');
  const error = await credentials.headers().catch((reason: Error) => reason.message);
  process.env.METADATA_SERVER_DETECTION = 'assume-present';
  assert.is(error, 'Google credentials: none could be loaded');
  assert.match((await credentials.headers()).authorization ?? '', /^Bearer token-/);
});

test('an endpoint that is not Google’s gets no headers', async () => {
  assert.equal(await NO_CREDENTIALS.headers(), {});
});

test('Google’s library is not loaded before the first call', () => {
  const url = new URL('../../../relay/google/credentials.ts', import.meta.url);
  const script = `import { googleCredentials } from ${JSON.stringify(url.href)};
    import { createRequire } from 'node:module';
    googleCredentials('my-project');
    const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('google-auth-library'));
    console.log(loaded.length);`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.is(output.trim(), '0');
});

test.run();
