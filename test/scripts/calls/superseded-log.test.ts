import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Publication } from '../../../scripts/calls/delivery-report.ts';
import { openSupersededLog } from '../../../scripts/calls/superseded-log.ts';
import { Fixture } from '../../helpers/fixture.ts';

const fixture = new Fixture(test);
const KIND = 'new-recognition-result-notification-event';
const CALL = 'projects/p/conversations/c';

const line = (message_id: string, outcome: string) =>
  `${JSON.stringify({ kind: KIND, message_id, conversation: CALL, outcome, message: 'event taken' })}\n`;
const event = (...sentAs: string[]): Publication => ({
  conversation: CALL,
  kind: KIND,
  messageId: 'x',
  sentAs,
  utterance: undefined,
  at: 0,
});

test('an event is superseded when the functions took none of its deliveries', async () => {
  const file = join(fixture.directory(), 'log');
  writeFileSync(
    file,
    `${line('1', 'superseded')}${line('2', 'appended')}no JSON\n${line('3', 'superseded')}`,
  );
  const isSuperseded = await openSupersededLog([file])();
  assert.ok(isSuperseded(event('1')));
  assert.ok(isSuperseded(event('1', '3')));
  assert.not(isSuperseded(event('2')));
  assert.not(isSuperseded(event('1', '2')));
  assert.not(isSuperseded({ ...event('1'), conversation: 'projects/p/conversations/other' }));
});

test('a log that grows is read on, also from the middle of a line', async () => {
  const file = join(fixture.directory(), 'log');
  const [half, rest] = [line('1', 'superseded').slice(0, 40), line('1', 'superseded').slice(40)];
  writeFileSync(file, half);
  const read = openSupersededLog([file]);
  assert.not((await read())(event('1')));
  appendFileSync(file, rest);
  assert.ok((await read())(event('1')));
  appendFileSync(file, line('4', 'superseded'));
  const isSuperseded = await read();
  assert.ok(isSuperseded(event('1')) && isSuperseded(event('4')));
});

test.run();
