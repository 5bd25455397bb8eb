import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FaultActions, Faults } from '../../../../scripts/demo/control/faults.ts';
import { until } from '../../../helpers/until.ts';

let time = 1_000_000;
let work: PromiseWithResolvers<void>;
let did: string[];
let actions: FaultActions;
test.before.each(() => {
  time = 1_000_000;
  work = Promise.withResolvers();
  did = [];
  const act = (what: string) => () => {
    did.push(what);
    return work.promise;
  };
  actions = {
    cut: act('cut'),
    restartRelay: act('relay'),
    loseRedis: act('redis'),
    endToken: act('token'),
  };
});

test('each fault does what its name says, and says until when', () => {
  const ends = new Map<string, number | null | undefined>();
  for (const name of ['cut', 'relay', 'redis', 'token'] as const) {
    const faults = new Faults(actions, () => time);
    assert.ok(faults.begin(name));
    ends.set(name, faults.running?.until);
  }
  assert.equal(did, ['cut', 'relay', 'redis', 'token']);
  assert.is(ends.get('relay'), null);
  for (const name of ['cut', 'redis', 'token']) assert.ok((ends.get(name) ?? 0) > time, name);
});

test('a second fault waits until the first one is over', async () => {
  const faults = new Faults(actions, () => time);
  assert.ok(faults.begin('relay'));
  assert.not(faults.begin('cut'));
  work.resolve();
  await until(() => faults.running === undefined);
  assert.equal(faults.last, { name: 'relay', isOver: true });
  assert.ok(faults.begin('cut'));
});

test('a fault is felt for a moment after it is over', async () => {
  const faults = new Faults(actions, () => time);
  assert.is(faults.isFelt, false);
  faults.begin('cut');
  assert.is(faults.isFelt, true);
  work.resolve();
  await until(() => faults.running === undefined);
  assert.is(faults.isFelt, true);
  time += 10_000;
  assert.is(faults.isFelt, false);
});

test('a fault that cannot be mended says so', async () => {
  const faults = new Faults(actions, () => time);
  faults.begin('redis');
  work.reject(new Error('redis-server did not start'));
  await until(() => faults.running === undefined);
  assert.equal(faults.last, { name: 'redis', isOver: false });
});

test("a Redis of the user's own is not lost", () => {
  const faults = new Faults({ ...actions, loseRedis: undefined }, () => time);
  assert.not(faults.begin('redis'));
  assert.equal(faults.possible, ['cut', 'relay', 'token']);
});

test.run();
