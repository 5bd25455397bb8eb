import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type RotationOptions,
  readVersions,
  rotation,
} from '../../../../scripts/operate/rotate-secret/rotation.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-12-24T12:00:00Z');

/** Versions by number: `[age in milliseconds, state]`, the oldest first. */
const after = (history: [age: number, state: string][], options: Partial<RotationOptions> = {}) =>
  rotation(
    readVersions(
      history.map(([age, state], index) => ({
        name: `projects/1/secrets/key/versions/${index + 1}`,
        createTime: new Date(NOW - age).toISOString(),
        state,
      })),
    ),
    { now: NOW, graceMs: HOUR, revoke: false, ...options },
  );

test('the first rotation adds a key and keeps the one that signed', () => {
  assert.equal(after([[90 * DAY, 'ENABLED']]), { add: true, disable: [], destroy: [] });
});

test('an empty secret gets a key', () => {
  assert.equal(after([]), { add: true, disable: [], destroy: [] });
});

test('a rotation keeps the new key and the one before, and disables what is older', () => {
  const versions: [number, string][] = [
    [60 * DAY, 'ENABLED'],
    [40 * DAY, 'ENABLED'],
    [20 * DAY, 'ENABLED'],
  ];
  assert.equal(after(versions), { add: true, disable: [2, 1], destroy: [] });
});

test('no key follows a key younger than the grace, whose tokens may be valid', () => {
  const versions: [number, string][] = [
    [90 * DAY, 'ENABLED'],
    [59 * 60_000, 'ENABLED'],
  ];
  assert.equal(after(versions), { add: false, disable: [], destroy: [] });
  versions[1] = [HOUR, 'ENABLED'];
  assert.equal(after(versions), { add: true, disable: [1], destroy: [] });
});

test('a run that was interrupted between adding and disabling is finished by the next', () => {
  const versions: [number, string][] = [
    [90 * DAY, 'ENABLED'],
    [40 * DAY, 'ENABLED'],
    [60_000, 'ENABLED'],
  ];
  assert.equal(after(versions), { add: false, disable: [1], destroy: [] });
});

test('a version whose successor is within the grace stays enabled', () => {
  const versions: [number, string][] = [
    [90 * DAY, 'ENABLED'],
    [30 * 60_000, 'ENABLED'],
    [60_000, 'ENABLED'],
  ];
  assert.equal(after(versions), { add: false, disable: [], destroy: [] });
});

test('a disabled key is destroyed once its successor has been there for 30 days', () => {
  const versions: [number, string][] = [
    [120 * DAY, 'DESTROYED'],
    [90 * DAY, 'DISABLED'],
    [30 * DAY, 'ENABLED'],
    [10 * DAY, 'ENABLED'],
  ];
  assert.equal(after(versions), { add: true, disable: [3], destroy: [2] });
  versions[2] = [29 * DAY, 'ENABLED'];
  assert.equal(after(versions), { add: true, disable: [3], destroy: [] });
});

test('a newest version that somebody disabled is followed by a new one', () => {
  const versions: [number, string][] = [
    [90 * DAY, 'ENABLED'],
    [60 * DAY, 'DISABLED'],
  ];
  assert.equal(after(versions), { add: true, disable: [], destroy: [] });
});

test('keys that are known to somebody are all disabled, however young', () => {
  const versions: [number, string][] = [
    [90 * DAY, 'ENABLED'],
    [60_000, 'ENABLED'],
  ];
  assert.equal(after(versions, { revoke: true }), { add: true, disable: [2, 1], destroy: [] });
});

test('a listing that is none is refused', () => {
  assert.throws(() => readVersions({}), 'did not list');
  assert.throws(() => readVersions([{ name: 'x', createTime: 'yesterday' }]), 'without number or time');
});

test.run();
