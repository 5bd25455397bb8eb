import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Ledger, type NewEvent } from '../../../../scripts/demo/control/ledger.ts';

const CALL = 'projects/p/conversations/c';

let isInFault = false;
let time = 100;
let ledger: Ledger;
test.before.each(() => {
  isInFault = false;
  time = 100;
  ledger = new Ledger(
    () => isInFault,
    () => time,
  );
});

const event = (messageId: string, conversation = CALL): NewEvent => ({
  conversation,
  kind: 'new-message-event',
  messageId,
  utterance: null,
  at: time,
});

test('an event is there when it is published, and again when it is acknowledged', () => {
  ledger.add(event('1'))('1');
  const { sequence } = ledger;
  assert.equal(ledger.since(0, [CALL]), [{ ...event('1'), takenAt: null, isInFault: false }]);
  assert.equal(ledger.since(sequence, [CALL]), []);
  time = 150;
  ledger.taken('new-message-event', '1');
  assert.equal(
    ledger.since(sequence, [CALL]).map(({ takenAt }) => takenAt),
    [150],
  );
});

test('an acknowledgement that comes before the publication counts', () => {
  ledger.taken('new-message-event', '1');
  ledger.add(event('1'))('1');
  assert.is(ledger.since(0, [CALL])[0]?.takenAt, 100);
});

test('ids are those of a topic: another kind is not acknowledged', () => {
  ledger.add(event('1'))('1');
  ledger.taken('conversation-lifecycle-event', '1');
  assert.is(ledger.since(0, [CALL])[0]?.takenAt, null);
});

test('of two publications of an event the first acknowledgement counts', () => {
  const sent = ledger.add(event('dead-letter-1'));
  sent('7');
  sent('8');
  time = 120;
  ledger.taken('new-message-event', '8');
  time = 130;
  ledger.taken('new-message-event', '7');
  assert.is(ledger.since(0, [CALL])[0]?.takenAt, 120);
});

test('an event says whether a fault was felt when it was published or acknowledged', () => {
  ledger.add(event('1'))('1');
  isInFault = true;
  ledger.add(event('2'))('2');
  ledger.taken('new-message-event', '1');
  isInFault = false;
  ledger.add(event('3'))('3');
  ledger.taken('new-message-event', '2');
  ledger.taken('new-message-event', '3');
  assert.equal(
    ledger.since(0, [CALL]).map((each) => each.isInFault),
    [true, true, false],
  );
});

test('other conversations are not told, and the oldest are forgotten', () => {
  for (let index = 0; index < 13; index++) ledger.add(event('1', `${CALL}${index}`))(`${index}`);
  assert.equal(ledger.since(0, [CALL]), []);
  assert.equal(ledger.since(0, [`${CALL}0`]), []);
  assert.is(ledger.since(0, [`${CALL}1`, `${CALL}12`]).length, 2);
});

test.run();
