import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sortableTime } from '../../../shared/stream/sortable-time.ts';

test('a time of any precision gets nine digits', () => {
  assert.is(sortableTime('2026-03-12T11:20:11Z'), '2026-03-12T11:20:11.000000000');
  assert.is(sortableTime('2026-03-12T11:20:11.3Z'), '2026-03-12T11:20:11.300000000');
  assert.is(sortableTime('2026-03-12T11:20:11.123456789Z'), '2026-03-12T11:20:11.123456789');
});

test('equal times in two precisions are equal', () => {
  assert.is(sortableTime('2026-03-12T11:20:11.300Z'), sortableTime('2026-03-12T11:20:11.3Z'));
  assert.is(sortableTime('2026-03-12T11:20:11Z'), sortableTime('2026-03-12T11:20:11.000000Z'));
});

for (const time of [
  '',
  'now',
  '2026-03-12',
  '2026-03-12T11:20:11+01:00',
  '2026-03-12T11:20:11.Z',
  '2026-03-12T11:20:11.1234567890Z',
  '2026-03-12T11:20:11Z\n',
  ' 2026-03-12T11:20:11Z',
  '1773314411',
]) {
  test(`${JSON.stringify(time)} is not sortable`, () => {
    assert.is(sortableTime(time), '');
  });
}

test('the order of two as text is their order in time', () => {
  const time = fc.record({
    ms: fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2020, 0) + 5_000 }),
    digits: fc.integer({ min: 0, max: 6 }),
    micros: fc.integer({ min: 0, max: 999 }),
  });
  const microsOf = (text: string) => {
    const [whole = '', fraction = ''] = text.replace('Z', '').split('.');
    return BigInt(Date.parse(`${whole}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
  };
  const write = ({ ms, digits, micros }: { ms: number; digits: number; micros: number }) => {
    const [whole, fraction] = new Date(ms)
      .toISOString()
      .replace('Z', String(micros).padStart(3, '0'))
      .split('.');
    return digits === 0 ? `${whole}Z` : `${whole}.${(fraction ?? '').slice(0, digits)}Z`;
  };
  fc.assert(
    fc.property(time, time, (one, other) => {
      const [a, b] = [write(one), write(other)];
      const order = Math.sign(Number(microsOf(a) - microsOf(b)));
      const [x, y] = [sortableTime(a), sortableTime(b)];
      assert.is(x < y ? -1 : x > y ? 1 : 0, order);
      assert.not.match(x, /\s/);
    }),
  );
});

test.run();
