import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeEvent } from '../../shared/event.ts';
import { REPLAYED_ID, REPLAYED_TIME, replayedOf } from '../../shared/replayed.ts';

const decode = (messageId: string, attributes: Record<string, string>) =>
  decodeEvent(
    'new-message-event',
    {
      data: Buffer.from('{"conversation":"projects/p/conversations/c"}').toString('base64'),
      attributes,
      messageId,
      publishTime: '2026-11-24T12:00:00Z',
    },
    { project: { id: 'p' }, maxBytes: 1024, now: new Date(), fallback: {} },
  );

test('a dead letter published twice is one event with its first time', () => {
  const attributes = { [REPLAYED_ID]: '77', [REPLAYED_TIME]: '2026-11-24T09:00:00.123456Z' };
  const first = decode('900', attributes);
  const second = decode('901', attributes);
  assert.is(first.messageId, 'dead-letter-77');
  assert.is(second.messageId, first.messageId);
  assert.is(first.publishTime, '2026-11-24T09:00:00.123456Z');
  assert.is(JSON.parse(first.json).message_id, 'dead-letter-77');
  assert.is(JSON.parse(first.json).publish_time, '2026-11-24T09:00:00.123456Z');
});

test('no message of Pub/Sub can have the id of a dead letter', () => {
  assert.is.not(decode('77', {}).messageId, decode('1', { [REPLAYED_ID]: '77' }).messageId);
});

test('attributes of another form count for nothing', () => {
  for (const id of ['', 'x', '1'.repeat(21), '-1', '7 7'])
    assert.equal(replayedOf({ [REPLAYED_ID]: id }), {}, id);
  for (const time of ['', 'yesterday', '2026-13-45T00:00:00Z', '2026-11-24', '9'.repeat(40)])
    assert.equal(replayedOf({ [REPLAYED_TIME]: time }), {}, time);
  assert.is(decode('5', { [REPLAYED_ID]: 'x' }).messageId, '5');
});

test.run();
