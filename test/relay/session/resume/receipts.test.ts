// What counts as received by a desktop that knows no cursors.
import { mock } from 'node:test';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Receipts } from '../../../../relay/session/resume/receipts.ts';
import type { Position } from '../../../../shared/stream/position.ts';

const CONVERSATION = 'projects/p/conversations/c';
const at = (offset: number): Position => ({ epoch: 'e', offset, tag: `t${offset}` });

/** The receipts of one connection, which has joined at 0. */
function connect({ usesMarks = true } = {}) {
  const marks: string[] = [];
  const receipts = new Receipts({
    usesMarks: () => usesMarks,
    ping: (mark) => marks.push(mark),
    onMoved: () => {},
  });
  receipts.startAt(CONVERSATION, at(0));
  return {
    receipts,
    marks,
    send: (offset: number) => {
      receipts.sent(CONVERSATION, at(offset));
      mock.timers.tick(200); // past the pauses between marks
    },
    confirmed: () => receipts.confirmed(CONVERSATION)?.offset,
  };
}

test.before.each(() => mock.timers.enable({ apis: ['setTimeout'] }));
test.after.each(() => mock.timers.reset());

test('the answer to a mark confirms what was sent before it, and nothing after', () => {
  const { receipts, marks, send, confirmed } = connect();
  send(1);
  send(2);
  assert.is(marks.length, 1);
  receipts.pong(marks[0] ?? '');
  assert.is(confirmed(), 1);
  mock.timers.tick(200);
  receipts.pong(marks[1] ?? '');
  assert.is(confirmed(), 2);
});

test('a desktop that answers nothing has received nothing, however long it takes', () => {
  const { send, confirmed } = connect();
  send(1);
  mock.timers.tick(10 * 60_000);
  send(2);
  assert.is(confirmed(), 0);
});

test('without pings a heartbeat confirms what was sent before the one before it', () => {
  const { receipts, send, confirmed } = connect();
  send(1);
  receipts.heartbeat(); // may have been asked for before the event was sent
  assert.is(confirmed(), 0);
  send(2);
  receipts.heartbeat();
  assert.is(confirmed(), 1);
  receipts.heartbeat();
  assert.is(confirmed(), 2);
});

test('where pings are answered, heartbeats confirm nothing', () => {
  const { receipts, marks, send, confirmed } = connect();
  send(1);
  receipts.heartbeat();
  receipts.pong(marks[0] ?? '');
  send(2);
  receipts.heartbeat();
  receipts.heartbeat();
  assert.is(confirmed(), 1);
});

test('a heartbeat confirms nothing of a conversation that was left', () => {
  const { receipts, send, confirmed } = connect();
  send(1);
  receipts.heartbeat();
  receipts.forget(CONVERSATION);
  receipts.heartbeat();
  assert.is(confirmed(), undefined);
});

test('without marks, only heartbeats confirm', () => {
  const { receipts, marks, send, confirmed } = connect({ usesMarks: false });
  send(1);
  assert.equal(marks, []);
  receipts.heartbeat();
  assert.is(confirmed(), 0);
  receipts.heartbeat();
  assert.is(confirmed(), 1);
});

test.run();
