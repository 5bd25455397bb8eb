import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { secretManagerKeys, secretName } from '../../../relay/identity/secret-manager-source.ts';
import { signingKey } from '../../../relay/identity/signing-key.ts';
import { ConfigError } from '../../../shared/errors.ts';

const SECRET = 'projects/p/secrets/s';
const NEW = 'the latest version of the secret, long';
const OLD = 'the version before the latest one, long';

let invalidated = 0;
let asked: string[] = [];
test.before.each(() => {
  invalidated = 0;
  asked = [];
});

/** Secret Manager with these versions; a number is the status of a refusal. */
function source(versions: Record<string, string | number>, latest = 'latest') {
  return secretManagerKeys({
    secret: SECRET,
    credentials: {
      headers: async () => ({ authorization: 'Bearer of-the-service-account' }),
      invalidate: () => {
        invalidated += 1;
      },
    },
    fetch: async (input, init) => {
      const url = String(input);
      asked.push(`${url} ${new Headers(init?.headers).get('authorization')}`);
      const version = /\/versions\/(\w+):access$/.exec(url)?.[1] ?? '';
      const held = versions[version] ?? 404;
      if (typeof held === 'number') return Response.json({ error: { message: NEW } }, { status: held });
      return Response.json({
        name: `projects/123/secrets/s/versions/${version === 'latest' ? latest : version}`,
        payload: { data: Buffer.from(held).toString('base64'), dataCrc32c: '1' },
      });
    },
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

test('the latest version is the key, and the one before it comes along when it is asked for', async () => {
  const versions = { latest: `${NEW}\n`, 6: OLD };
  assert.equal(await kidsOf(source(versions, '7'), true), [kid(NEW), kid(OLD)]);
  assert.equal(asked, [
    `https://secretmanager.googleapis.com/v1/${SECRET}/versions/latest:access Bearer of-the-service-account`,
    `https://secretmanager.googleapis.com/v1/${SECRET}/versions/6:access Bearer of-the-service-account`,
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
  test(`a latest version that is answered with ${status} is refused with the remedy and nothing of the answer`, async () => {
    const fault = await faultOf(source({ latest: status }).read({ withPrevious: true }));
    assert.match(fault, `JWT_SECRET_NAME names was refused by Secret Manager (${status})`);
    assert.match(fault, 'roles/secretmanager.secretAccessor');
    assert.not.match(fault, NEW);
    assert.is(invalidated, status === 401 ? 1 : 0);
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

test('an answer of another shape, and none at all, are refused', async () => {
  for (const respond of [
    async () => new Response('<html>'),
    async () => Response.json({ payload: {} }),
    async () => Promise.reject(new Error('secret detail')),
  ]) {
    const keys = secretManagerKeys({
      secret: SECRET,
      credentials: { headers: async () => ({}), invalidate: () => {} },
      fetch: respond,
    });
    const fault = await faultOf(keys.read({ withPrevious: true }));
    assert.match(fault, 'JWT_SECRET_NAME');
    assert.not.match(fault, 'secret detail');
  }
});

test('a name is a secret of the own project or a whole one, and cannot lead elsewhere', () => {
  assert.is(secretName('my-key_1', 'p'), 'projects/p/secrets/my-key_1');
  assert.is(secretName('projects/42/secrets/k', 'p'), 'projects/42/secrets/k');
  for (const bad of [
    '',
    '../x',
    'a/b',
    'projects/p/secrets/k/versions/1',
    'projects//secrets/k',
    'k?x',
    'k#',
    'k:access',
    'projects/../secrets/k',
  ]) {
    assert.is(secretName(bad, 'p'), undefined, bad);
  }
});

test.run();
