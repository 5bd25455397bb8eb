import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AcknowledgementIds } from '../../../../relay/session/resume/acknowledgement-ids.ts';
import { OnlyPage } from '../../../../relay/session/resume/only-page.ts';
import { PlaceWriter } from '../../../../relay/session/resume/place-writer.ts';

/** A page whose writes end when the test says so. */
function page() {
  const written: number[] = [];
  const writes: PromiseWithResolvers<void>[] = [];
  const ids = new AcknowledgementIds();
  const onlyPage = new OnlyPage({
    name: 'name',
    id: 'connection',
    ids,
    writer: new PlaceWriter(() => {}),
    places: {
      addPages: async () => {},
      pages: async () => ({ count: 1, nextId: 0 }),
      setNextId: (_name: string, id: number) => {
        written.push(id);
        const write = Promise.withResolvers<void>();
        writes.push(write);
        return write.promise;
      },
    },
  });
  const use = (count: number) => {
    for (let index = 0; index < count; index++) {
      const { first, next } = ids;
      ids.take(`2${next}["join-conversation"]`);
      onlyPage.usedId({ isFirst: first === undefined });
    }
  };
  return { onlyPage, written, writes, use };
}

test('ids that are used while one is written lead to one more write, of the last', async () => {
  const { written, writes, use } = page();
  use(100);
  assert.equal(written, [1]);
  writes[0]?.resolve();
  await turn();
  assert.equal(written, [1, 100]);
  writes[1]?.resolve();
  await turn();
  assert.equal(written, [1, 100]);
});

test('the last id is written when the connection ends, and none after it', async () => {
  const { onlyPage, written, writes, use } = page();
  use(100);
  onlyPage.end();
  assert.equal(written, [1, 100]);
  for (const write of writes) write.resolve();
  await turn();
  assert.equal(written, [1, 100]);
});

test.run();
