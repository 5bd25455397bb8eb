import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LockFile, lockFileFor } from '../../../scripts/build/lock-file.ts';
import { ROOT } from '../../docs/markdown.ts';

const MANIFEST = { name: 'function', version: '1.0.0', dependencies: { a: '1.0.0' } };
const WHOLE: LockFile = {
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { a: '1.0.0' }, devDependencies: { d: '1.0.0' } },
    'node_modules/a': {
      version: '1.0.0',
      integrity: 'sha512-a',
      dependencies: { b: '^1.0.0', '@s/c': '^1.0.0' },
      optionalDependencies: { 'only-on-another-system': '^1.0.0' },
      peerDependencies: { p: '^1.0.0', 'nobody-has-it': '^1.0.0' },
      peerDependenciesMeta: { 'nobody-has-it': { optional: true } },
    },
    'node_modules/@s/c': { version: '1.0.0', dependencies: { b: '^1.0.0', a: '^1.0.0' } },
    'node_modules/@s/c/node_modules/b': { version: '1.5.0', dependencies: { d: '^1.0.0' } },
    'node_modules/b': { version: '1.0.0' },
    'node_modules/d': { version: '1.0.0', dev: true },
    'node_modules/p': { version: '1.0.0' },
    'node_modules/unrelated': { version: '1.0.0' },
  },
};

test('holds what the dependencies need, each where the whole has it, and nothing else', () => {
  const { packages } = lockFileFor(MANIFEST, WHOLE);
  assert.equal(Object.keys(packages), [
    '',
    'node_modules/@s/c',
    'node_modules/@s/c/node_modules/b',
    'node_modules/a',
    'node_modules/b',
    'node_modules/d',
    'node_modules/p',
  ]);
  assert.equal(packages['node_modules/a'], WHOLE.packages['node_modules/a']);
  assert.equal(packages['node_modules/d'], { version: '1.0.0' }, 'not for development only in this folder');
  assert.equal(packages[''], { name: 'function', version: '1.0.0', dependencies: { a: '1.0.0' } });
});

test('a folder without dependencies has a lock file all the same', () => {
  const lock = lockFileFor({ ...MANIFEST, dependencies: {} }, WHOLE);
  assert.equal(Object.keys(lock.packages), ['']);
  assert.is(lock.lockfileVersion, 3);
});

test('a version that is not locked, and a package that is not, are refused', () => {
  const refusal = (dependencies: Record<string, string>, whole = WHOLE) => {
    try {
      lockFileFor({ ...MANIFEST, dependencies }, whole);
      return 'taken';
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.is(refusal({ a: '2.0.0' }), 'package-lock.json has a 1.0.0, and function needs 2.0.0');
  assert.is(refusal({ z: '1.0.0' }), 'package-lock.json has z undefined, and function needs 1.0.0');
  const { 'node_modules/p': _, ...packages } = WHOLE.packages;
  const message = refusal({ a: '1.0.0' }, { ...WHOLE, packages });
  assert.is(message, 'package-lock.json lacks p, which node_modules/a needs');
});

test('no lock file names the registry it came from', () => {
  // npm writes it unless told not to, and a registry of one machine is of no use on another.
  assert.not.match(readFileSync(`${ROOT}package-lock.json`, 'utf8'), /"resolved"|https?:\/\/[^"]*\.tgz/);
});

test('the locked packages hold one version of ws, the one that package.json names', () => {
  // Older ones, which Engine.IO asks for, keep every pong that a client does not read.
  const { packages }: LockFile = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8'));
  const { dependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  const found = Object.entries(packages).filter(([place]) => /(?:^|\/)node_modules\/ws$/.test(place));
  assert.equal(
    found.map(([place, { version }]) => [place, version]),
    [['node_modules/ws', dependencies.ws]],
  );
});

test.run();
