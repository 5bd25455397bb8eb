import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conversationKeys, FORMAT, integrationKey, presenceKey } from '../../shared/keys.ts';

const NAME = 'projects/demo-project/conversations/c-1';

test('all keys and the channel of a conversation have one hash tag, its short name', () => {
  const keys = Object.values(conversationKeys(NAME));
  assert.is(keys.length, 8);
  for (const key of keys) assert.is(/\{(.*?)\}/.exec(key)?.[1], NAME);
});

test('no two keys of a conversation are the same, nor those of two conversations', () => {
  const names = [
    NAME,
    'projects/demo-project/conversations/c-10',
    'projects/demo-project/conversations/c-1:log',
  ] as const;
  const keys = names.flatMap((name) => Object.values(conversationKeys(name)));
  assert.is(new Set(keys).size, keys.length);
});

test('the keys carry the version of the stored form', () => {
  for (const key of Object.values(conversationKeys(NAME))) assert.ok(key.startsWith(`aar${FORMAT}:{`));
});

test('the presence key is the short name alone, as the audiohook asks for it', () => {
  assert.is(presenceKey(NAME), NAME);
});

test('an integration key is the lower-case hex SHA-256 of its UTF-8', () => {
  // Digests computed with `printf %s KEY | sha256sum`.
  assert.is(
    integrationKey('+15551234567'),
    '8a59780bb8cd2ba022bfa5ba2ea3b6e07af17a7d8b30c1f9b3390e36f69019e4',
  );
  assert.is(integrationKey('Zoë 漢'), '0f0ed5f89b22f03e15f19d35568662773b2753674831590d5e11c8ff092b5b0e');
  assert.is(integrationKey(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test.run();
