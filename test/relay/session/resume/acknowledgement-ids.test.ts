import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AcknowledgementIds } from '../../../../relay/session/resume/acknowledgement-ids.ts';

/** The first and the next id after these packets. */
function idsOf(...packets: unknown[]) {
  const ids = new AcknowledgementIds();
  for (const packet of packets) ids.take(packet);
  return [ids.first, ids.next];
}

test('a connection that asks for no acknowledgement has no first id', () => {
  assert.equal(idsOf(), [undefined, 0]);
  assert.equal(idsOf('2["join-conversation","c"]', '40{"token":"t"}'), [undefined, 0]);
});

test('the first id is kept, and the next is one more than the greatest', () => {
  assert.equal(idsOf('20["join-conversation","c"]'), [0, 1]);
  assert.equal(idsOf('27["a"]', '28["b"]', '2["c"]', '25["d"]'), [7, 9]);
});

test('what is no event of the namespace / with an id tells nothing', () => {
  const others = [
    undefined,
    7,
    Buffer.from('27["a"]'),
    '',
    '37["a"]',
    '2/other,7["a"]',
    '27',
    '2x["a"]',
    ' 27["a"]',
  ];
  for (const other of others) assert.equal(idsOf(other), [undefined, 0], String(other));
});

test('an id of more than 15 digits is none', () => {
  assert.equal(idsOf(`2${'9'.repeat(15)}["a"]`), [999_999_999_999_999, 1_000_000_000_000_000]);
  assert.equal(idsOf(`2${'9'.repeat(16)}["a"]`), [undefined, 0]);
});

test.run();
