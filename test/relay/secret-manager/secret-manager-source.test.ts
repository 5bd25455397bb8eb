// Keys from Secret Manager, through Google's own client, from a server that answers as its REST API does.
import { createServer, type RequestListener } from 'node:http';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { OAuth2Client } from 'google-auth-library';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { signingKey } from '../../../relay/identity/signing-key.ts';
import { secretAccess } from '../../../relay/secret-manager/secret-access.ts';
import { secretManagerKeys } from '../../../relay/secret-manager/secret-manager-source.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';

const SECRET = 'projects/p/secrets/s';
const NEW = 'the latest version of the secret, long';
const OLD = 'the version before the latest one, long';

let clients = 0;
let asked: string[] = [];
let answer: RequestListener = () => {};
const server = createServer((request, response) => {
  asked.push(`${request.url?.split('?')[0]} ${request.headers.authorization}`);
  answer(request, response);
});
let port = 0;

const fixture = new Fixture(test);

test.before(async () => {
  port = await fixture.listen(server);
});
test.before.each(() => {
  clients = 0;
  asked = [];
});

/** What the client needs to call the server; `protocol` is missing from its types. */
function newClient(): SecretManagerServiceClient {
  clients += 1;
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: 'of-the-service-account' });
  const options = {
    projectId: 'p',
    fallback: true,
    apiEndpoint: '127.0.0.1',
    port,
    protocol: 'http',
    authClient,
  };
  return new SecretManagerServiceClient(options);
}

function keysFrom(listener: RequestListener, timeoutMs = 30_000) {
  answer = listener;
  const access = secretAccess(newClient, { timeoutMs });
  return secretManagerKeys({ secret: SECRET, access, variable: 'JWT_SECRET_NAME' });
}

/** Secret Manager with these versions; a number is the status of a refusal. */
function source(versions: Record<string, string | number>, latest = 'latest') {
  return keysFrom((request, response) => {
    const version = /\/versions\/(\w+):access/.exec(request.url ?? '')?.[1] ?? '';
    const held = versions[version] ?? 404;
    response.setHeader('content-type', 'application/json');
    if (typeof held === 'number') {
      response.writeHead(held).end(JSON.stringify({ error: { code: held, message: NEW } }));
      return;
    }
    response.end(
      JSON.stringify({
        name: `projects/123/secrets/s/versions/${version === 'latest' ? latest : version}`,
        payload: { data: Buffer.from(held).toString('base64'), dataCrc32c: '1' },
      }),
    );
  });
}

async function faultOf(reading: Promise<unknown>): Promise<string> {
  try {
    await reading;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('a key was taken');
}

const kid = (text: string) => signingKey(text).kid;
const kidsOf = async (from: ReturnType<typeof source>, withPrevious: boolean) =>
  (await from.read({ withPrevious })).map((key) => key.kid);

test('the latest version is the key, with the one before it when asked for', async () => {
  const versions = { latest: `${NEW}\n`, 6: OLD };
  assert.equal(await kidsOf(source(versions, '7'), true), [kid(NEW), kid(OLD)]);
  assert.equal(asked, [
    `/v1/${SECRET}/versions/latest:access Bearer of-the-service-account`,
    `/v1/${SECRET}/versions/6:access Bearer of-the-service-account`,
  ]);
  assert.equal(await kidsOf(source(versions, '7'), false), [kid(NEW)]);
});

test('a first version has none before it', async () => {
  assert.equal(await kidsOf(source({ latest: NEW }, '1'), true), [kid(NEW)]);
  assert.is(asked.length, 1);
});

for (const [name, previous] of [
  ['disabled', 400],
  ['gone', 404],
  ['too short to be a key', 'short'],
] as const) {
  test(`a previous version that is ${name} is left out`, async () => {
    assert.equal(await kidsOf(source({ latest: NEW, 6: previous }, '7'), true), [kid(NEW)]);
  });
}

for (const status of [400, 401, 403, 404, 429, 500]) {
  test(`a latest version answered with ${status} is refused with the remedy`, async () => {
    const refusing = source({ latest: status });
    const fault = await faultOf(refusing.read({ withPrevious: true }));
    assert.match(fault, `JWT_SECRET_NAME names was refused by Secret Manager (${status})`);
    assert.match(fault, 'roles/secretmanager.secretAccessor');
    assert.not.match(fault, NEW);
    assert.is(asked.length, 1);
    await faultOf(refusing.read({ withPrevious: true }));
    assert.is(clients, status === 401 ? 2 : 1, 'new credentials after 401');
  });
}

test('a previous version that cannot be read just now stops the start', async () => {
  assert.match(await faultOf(source({ latest: NEW, 6: 503 }, '7').read({ withPrevious: true })), '(503)');
});

test('a secret that is too short is refused and not shown', async () => {
  const fault = await faultOf(source({ latest: 'short-secret' }).read({ withPrevious: true }));
  assert.match(fault, 'JWT_SECRET_NAME names holds a key that is shorter than 32 bytes');
  assert.not.match(fault, 'short-secret');
});

const ASKED = 'could not be asked for';
const ELSE = 'was answered with something else';
const TROUBLE: [what: string, listener: RequestListener, says: string][] = [
  ['no JSON', (_request, response) => response.end('<html>secret detail'), ELSE],
  ['no object', (_request, response) => response.end('"secret detail"'), ELSE],
  ['no name', (_request, response) => response.end('{"payload":{"data":"c2VjcmV0IGRldGFpbA=="}}'), ELSE],
  ['an empty object', (_request, response) => response.end('{}'), ELSE],
  ['a broken connection', (_request, response) => response.destroy(), ASKED],
  ['no answer in time', () => {}, ASKED],
];
for (const [what, listener, says] of TROUBLE) {
  test(`${what} is refused with the remedy and nothing of the answer`, async () => {
    // On a busy machine a short time may be over before the server is asked.
    await undisturbed(async () => {
      asked = [];
      const keys = keysFrom(listener, what === 'no answer in time' ? 300 : undefined);
      const fault = await faultOf(keys.read({ withPrevious: true }));
      assert.match(fault, `JWT_SECRET_NAME names ${says}`);
      assert.not.match(fault, 'secret detail');
      assert.is(asked.length, 1);
    });
  });
}

test.run();
