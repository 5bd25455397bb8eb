import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFolders, thirdPartyNotices } from '../../../scripts/build/third-party-notices.ts';
import { ROOT } from '../../docs/markdown.ts';

test('each package that a bundle holds is found once, those inside others too', () => {
  const inputs = [
    'relay/main.ts',
    'node_modules/undici/lib/api/index.js',
    'node_modules/undici/index.js',
    'node_modules/@fastify/cors/index.js',
    'node_modules/a/node_modules/@s/b/b.js',
  ];
  assert.equal(packageFolders(inputs), [
    'node_modules/@fastify/cors',
    'node_modules/a/node_modules/@s/b',
    'node_modules/undici',
  ]);
});

test('the notices have name, version and the whole licence of each package', () => {
  const text = thirdPartyNotices(['node_modules/ws/index.js', 'node_modules/ioredis/built/index.js'], ROOT);
  assert.match(text, /^ws \d+\.\d+\.\d+ \(MIT\)$/m);
  assert.match(text, /^ioredis \d+\.\d+\.\d+ \(MIT\)$/m);
  assert.is(text.match(/Permission is hereby granted, free of charge/g)?.length, 2);
});

test.run();
