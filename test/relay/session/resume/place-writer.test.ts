import { mock } from 'node:test';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PlaceWriter } from '../../../../relay/session/resume/place-writer.ts';

/** A Redis that takes writes or refuses them, and what it has taken. */
function startStore() {
  const store = {
    takesWrites: true,
    tries: 0,
    taken: new Map<string, number>(),
    put: (place: string, value: number) => async () => {
      store.tries++;
      if (!store.takesWrites) throw new Error('READONLY');
      store.taken.set(place, value);
    },
  };
  return store;
}

/** Past the pause between two tries, and until the try is over. */
async function nextTry(): Promise<void> {
  mock.timers.tick(500);
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

test.before.each(() => mock.timers.enable({ apis: ['setTimeout'] }));
test.after.each(() => mock.timers.reset());

test('a write that Redis takes is done', async () => {
  const [store, writer] = [startStore(), new PlaceWriter(() => {})];
  await writer.write('group', 'place', store.put('place', 1));
  assert.is(writer.isBehind('group'), false);
  await nextTry();
  assert.is(store.tries, 1);
});

test('a refused write resolves, and is tried until Redis takes it', async () => {
  const [store, writer] = [startStore(), new PlaceWriter(() => {})];
  store.takesWrites = false;
  await writer.write('group', 'place', store.put('place', 1));
  assert.is(writer.isBehind('group'), true);
  assert.is(writer.isBehind('other'), false);
  await nextTry();
  assert.is(writer.isBehind('group'), true);
  store.takesWrites = true;
  await nextTry();
  assert.is(writer.isBehind('group'), false);
  assert.equal([...store.taken], [['place', 1]]);
  await nextTry();
  assert.is(store.tries, 3);
});

test('a later write of the same place takes the place of a refused one', async () => {
  const [store, writer] = [startStore(), new PlaceWriter(() => {})];
  store.takesWrites = false;
  await writer.write('group', 'place', store.put('place', 1));
  store.takesWrites = true;
  await writer.write('group', 'place', store.put('place', 2));
  await nextTry();
  assert.equal([...store.taken], [['place', 2]]);
  assert.is(writer.isBehind('group'), false);
});

test('refused writes of several places of a group are all tried again', async () => {
  const [store, writer] = [startStore(), new PlaceWriter(() => {})];
  store.takesWrites = false;
  await writer.write('group', 'a', store.put('a', 1));
  await writer.write('group', 'b', store.put('b', 2));
  store.takesWrites = true;
  await nextTry();
  assert.equal([...store.taken].sort(), [
    ['a', 1],
    ['b', 2],
  ]);
});

test('a refused write that was overtaken while it ran does not come back', async () => {
  const [store, writer] = [startStore(), new PlaceWriter(() => {})];
  const answer = Promise.withResolvers<void>();
  const slow = writer.write('group', 'place', () => answer.promise);
  await writer.write('group', 'place', store.put('place', 2));
  answer.reject(new Error('READONLY'));
  await slow;
  assert.is(writer.isBehind('group'), false);
  await nextTry();
  assert.equal([...store.taken], [['place', 2]]);
});

test('a closed writer tries nothing again', async () => {
  const [store, writer] = [startStore(), new PlaceWriter(() => {})];
  store.takesWrites = false;
  await writer.write('group', 'place', store.put('place', 1));
  writer.close();
  await nextTry();
  assert.is(store.tries, 1);
});

test.run();
