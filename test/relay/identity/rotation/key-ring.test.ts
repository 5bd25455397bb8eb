import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { IDENTITY_LIMITS } from '../../../../relay/identity/limits.ts';
import { type RotatingKeys, watchKeys } from '../../../../relay/identity/rotation/key-ring.ts';
import { type KeySource, keyFile } from '../../../../relay/identity/rotation/key-source.ts';
import { type KeyRing, signingKey } from '../../../../relay/identity/signing-key.ts';
import { createTokens } from '../../../../relay/identity/tokens.ts';
import { ConfigError } from '../../../../shared/errors.ts';
import { Fixture } from '../../../helpers/fixture.ts';
import { quietLogger } from '../../../helpers/quiet-logger.ts';
import { until } from '../../../helpers/until.ts';

const POLL_MS = 30_000;
const LIFE_MS = 3_600_000;
const SESSION_MS = 12 * LIFE_MS;
const key = (name: string) => signingKey(`the ${name} key of these tests, long enough`);
const [OLD, NEW, NEWER] = [key('old'), key('new'), key('newer')];

let clock = 0;
let held: KeyRing | Error = [OLD];
let errors: string[] = [];
let reads = 0;
const fixture = new Fixture(test);
const source: KeySource = {
  read: async ({ withPrevious }) => {
    reads++;
    if (held instanceof Error) throw held;
    return withPrevious ? held : [held[0]];
  },
};

test.before.each(() => {
  clock = 1_800_000_000_000;
  held = [OLD];
  errors = [];
  reads = 0;
});

async function watch(
  from: KeySource = source,
  { pollMs = POLL_MS, sessionMs = 0 } = {},
): Promise<RotatingKeys> {
  return fixture.keep(
    await watchKeys({
      source: from,
      graceMs: LIFE_MS,
      sessionMs,
      limits: { ...IDENTITY_LIMITS, keyPollMs: pollMs },
      now: () => clock,
      logger: { ...quietLogger, error: (fields: unknown) => errors.push(String(fields)) } as never,
    }),
  );
}

const kids = (keys: RotatingKeys) => keys.ring().map(({ kid }) => kid);

async function pass(keys: RotatingKeys, ms: number): Promise<void> {
  clock += ms;
  await keys.check();
}

test('a new key is accepted at once and signs later; the old one lasts a lifetime', async () => {
  const keys = await watch();
  held = [NEW];
  await pass(keys, 0);
  assert.equal(kids(keys), [OLD.kid, NEW.kid], 'seen');
  await pass(keys, POLL_MS);
  assert.equal(kids(keys), [OLD.kid, NEW.kid], 'another relay may not have seen it yet');
  await pass(keys, POLL_MS);
  assert.equal(kids(keys), [NEW.kid, OLD.kid], 'signs');
  clock += LIFE_MS - 1;
  assert.equal(kids(keys), [NEW.kid, OLD.kid], 'the last moment');
  clock += 1;
  assert.equal(kids(keys), [NEW.kid]);
});

test('a token of the previous key is honoured before and refused after its grace', async () => {
  const keys = await watch();
  const tokens = createTokens({
    projectId: 'p',
    lifetimeSeconds: 7200,
    keyRing: keys.ring,
    now: () => clock,
  });
  const token = tokens.issue('s', '').token;
  held = [NEW];
  await pass(keys, 0);
  await pass(keys, 2 * POLL_MS);
  assert.ok(tokens.verify(token).valid);
  clock += LIFE_MS;
  const verdict = tokens.verify(token);
  assert.is(!verdict.valid && verdict.fault, 'unknown-key');
});

test('an old key is kept for a session, to tell whose expired tokens may come back', async () => {
  const keys = await watch(source, { sessionMs: SESSION_MS });
  held = [NEW];
  await pass(keys, 0);
  await pass(keys, 2 * POLL_MS);
  const until = clock + LIFE_MS;
  assert.equal(
    keys.ring().map((each) => each.until),
    [undefined, until],
    'a token life, whatever it is kept for',
  );
  clock += SESSION_MS - 1;
  assert.equal(kids(keys), [NEW.kid, OLD.kid]);
  clock += 1;
  assert.equal(kids(keys), [NEW.kid]);
});

test('the key before the latest is kept for a session from the start, too', async () => {
  held = [NEW, OLD];
  const keys = await watch(source, { sessionMs: SESSION_MS });
  assert.is(keys.ring()[1]?.until, clock + LIFE_MS);
  clock += SESSION_MS - 1;
  assert.equal(kids(keys), [NEW.kid, OLD.kid]);
});

test('a poll on demand sees a new key; others within 5 s do not poll', async () => {
  const keys = await watch();
  assert.is(reads, 1);
  held = [NEW];
  await Promise.all([keys.poll(), keys.poll(), keys.poll()]);
  assert.equal(kids(keys), [OLD.kid, NEW.kid]);
  clock += IDENTITY_LIMITS.unknownKeyReadEveryMs - 1;
  await keys.poll();
  assert.is(reads, 2);
  clock += 1;
  await keys.poll();
  assert.is(reads, 3);
});

test('a look while the source is being read waits for that', async () => {
  let answer = (_ring: KeyRing) => {};
  const slow: KeySource = {
    read: () =>
      reads++ === 0
        ? Promise.resolve([OLD])
        : new Promise((resolve) => {
            answer = resolve;
          }),
  };
  const keys = await watch(slow);
  const both = Promise.all([keys.check(), keys.poll()]);
  assert.is(reads, 2);
  answer([NEW]);
  await both;
  assert.equal(kids(keys), [OLD.kid, NEW.kid]);
});

test('two rotations within a token life keep both old keys', async () => {
  const keys = await watch();
  for (const next of [NEW, NEWER]) {
    held = [next];
    await pass(keys, 0);
    await pass(keys, 2 * POLL_MS);
  }
  assert.equal(kids(keys), [NEWER.kid, NEW.kid, OLD.kid]);
});

test('a key that was taken back before it signed is forgotten', async () => {
  const keys = await watch();
  held = [NEW];
  await pass(keys, 0);
  held = [OLD];
  await pass(keys, 2 * POLL_MS);
  assert.equal(kids(keys), [OLD.kid]);
});

test('half a file that happens to be long enough never signs', async () => {
  const keys = await watch();
  held = [NEW];
  await pass(keys, 0);
  held = [NEWER];
  await pass(keys, 2 * POLL_MS);
  assert.equal(kids(keys), [OLD.kid, NEWER.kid]);
});

test('going back to the key before makes it the one that signs, once', async () => {
  const keys = await watch();
  for (const next of [NEW, OLD]) {
    held = [next];
    await pass(keys, 0);
    await pass(keys, 2 * POLL_MS);
  }
  assert.equal(kids(keys), [OLD.kid, NEW.kid]);
});

test('the key before the latest is accepted from the start for a token lifetime', async () => {
  held = [NEW, OLD];
  const keys = await watch();
  assert.equal(kids(keys), [NEW.kid, OLD.kid]);
  clock += LIFE_MS;
  assert.equal(kids(keys), [NEW.kid]);
});

test('a key that cannot be used leaves the ring as it is and is logged once', async () => {
  const keys = await watch();
  held = new ConfigError(['too short']);
  for (let i = 0; i < 3; i++) await pass(keys, POLL_MS);
  assert.equal(kids(keys), [OLD.kid]);
  assert.is(errors.length, 1);
  held = [NEW];
  await pass(keys, POLL_MS);
  assert.equal(kids(keys), [OLD.kid, NEW.kid]);
});

test('without a usable key nothing starts', async () => {
  held = new ConfigError(['none']);
  try {
    await watch();
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ConfigError);
  }
});

test('a mounted secret is followed through a swap of links, past a bad key', async () => {
  const folder = fixture.directory();
  // As Kubernetes mounts it: the file is a link through `..data`, which is replaced by a rename.
  const swap = (version: string, text: string) => {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'key'), text);
    symlinkSync(version, join(folder, '..next'));
    renameSync(join(folder, '..next'), join(folder, '..data'));
  };
  swap('1', OLD.secret.export().toString());
  symlinkSync('..data/key', join(folder, 'key'));
  const keys = await watch(keyFile(join(folder, 'key')), { pollMs: 10 });
  swap('2', 'short');
  await until(() => errors.length === 1);
  assert.equal(kids(keys), [OLD.kid]);
  swap('3', NEW.secret.export().toString());
  await until(() => kids(keys).length === 2);
  clock += 20;
  await until(() => kids(keys)[0] === NEW.kid);
  assert.equal(kids(keys), [NEW.kid, OLD.kid]);
});

test.run();
