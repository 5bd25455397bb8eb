import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SIGNING_KEY_MIN_BYTES } from '../../../relay/identity/limits.ts';
import { readSigningKey } from '../../../relay/identity/rotation/key-source.ts';
import { type SigningKey, signingKey } from '../../../relay/identity/signing-key.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { Fixture } from '../../helpers/fixture.ts';

const folder = new Fixture(test).directory();

function fileWith(text: string): string {
  const path = join(folder, 'key');
  writeFileSync(path, text);
  return path;
}

async function faultOf(reading: Promise<SigningKey>): Promise<string> {
  try {
    await reading;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the key was taken');
}

const KEY = 'k'.repeat(SIGNING_KEY_MIN_BYTES);

test('the key is the text of the file without the white space around it', async () => {
  const key = await readSigningKey(fileWith(`\n ${KEY} \r\n`));
  assert.is(key.secret.export().toString(), KEY);
});

test('a missing file is refused with the command that makes one', async () => {
  const fault = await faultOf(readSigningKey(join(folder, 'none')));
  assert.match(fault, /JWT_SECRET_KEY_PATH names a file that cannot be read \(ENOENT\)/);
  assert.match(fault, 'openssl rand -base64 48 > FILE');
});

for (const [name, text] of [
  ['an empty file', ''],
  ['white space alone', ' '.repeat(64)],
  ['a key one byte short', KEY.slice(1)],
  ['a key that is long enough only with its newlines', `${KEY.slice(1)}\n\n\n`],
]) {
  test(`${name} is refused with a remedy`, async () => {
    const fault = await faultOf(readSigningKey(fileWith(text ?? '')));
    assert.match(fault, 'shorter than 32 bytes');
    assert.match(fault, 'openssl rand -base64 48');
    assert.not.match(fault, 'kkkk');
  });
}

test('the length counts bytes, not characters', () => {
  assert.is(signingKey('ü'.repeat(16)).secret.symmetricKeySize, 32);
});

test('a key has one short id, another key another, and the id reveals nothing', () => {
  const { kid } = signingKey(KEY);
  assert.is(signingKey(`${KEY}\n`).kid, kid);
  assert.is.not(signingKey(`${KEY}k`).kid, kid);
  assert.match(kid, /^[\w-]{11}$/);
  assert.not.match(kid, 'kkk');
});

test.run();
