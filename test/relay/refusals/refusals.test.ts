import { mock } from 'node:test';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { REFUSAL_REASONS, type RefusalReason } from '../../../relay/refusals/reasons.ts';
import {
  LINES_MAX,
  LINES_OF_ONE_MAX,
  type RefusalDetails,
  Refusals,
  WINDOW_MS,
} from '../../../relay/refusals/refusals.ts';

type Line = [severity: 'info' | 'warn', fields: Record<string, unknown>, message: string];

let lines: Line[];
let counted: RefusalReason[];
let heard: [RefusalReason, RefusalDetails][];
let refusals: Refusals;

test.before.each(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  lines = [];
  counted = [];
  heard = [];
  const write = (severity: Line[0]) => (fields: object, message: string) =>
    void lines.push([severity, JSON.parse(JSON.stringify(fields)), message]);
  refusals = new Refusals({
    logger: { info: write('info'), warn: write('warn') } as never,
    meter: { refusedFor: (reason) => void counted.push(reason) },
    onNoted: (...noted) => void heard.push(noted),
  });
});
test.after.each(() => mock.timers.reset());

const from = (address: string) => ({ client: { address } });

test('a refusal is one line with what is known of it', () => {
  refusals.note('access-denied', {
    refused: 'join',
    agent: { subject: 'okta:ann', tokenId: 'jti' },
    client: { address: '192.0.2.1', trace: undefined },
    conversation: 'projects/p/conversations/c',
  });
  const who = { sub: 'okta:ann', jti: 'jti', from: '192.0.2.1' };
  assert.equal(lines, [
    [
      'info',
      { reason: 'access-denied', refused: 'join', conversation: 'projects/p/conversations/c', ...who },
      'refused',
    ],
  ]);
});

test('a flood of one reason writes a bounded number of lines, and counts all', () => {
  for (let index = 0; index < 10_000; index++)
    refusals.note('auth-timeout', from(`10.0.${index >> 8}.${index & 255}`));
  assert.is(lines.length, LINES_MAX);
  assert.is(counted.length, 10_000);
  assert.is(heard.length, 10_000);
});

test('a flood of every reason writes a bounded number of lines', () => {
  const reasons = Object.keys(REFUSAL_REASONS) as RefusalReason[];
  for (let round = 0; round < 100; round++)
    for (const reason of reasons) refusals.note(reason, from(String(round)));
  assert.is(lines.length, reasons.length * LINES_MAX);
  mock.timers.tick(WINDOW_MS);
  assert.is(lines.length, reasons.length * (LINES_MAX + 1));
});

test('one agent that floods leaves lines for the others', () => {
  const agent = (subject: string) => ({ agent: { subject, tokenId: 'jti' } });
  for (let index = 0; index < 1_000; index++) refusals.note('limit-joins', agent('okta:flood'));
  refusals.note('limit-joins', agent('okta:other'));
  assert.equal(
    lines.map(([, { sub }]) => sub),
    [...Array.from({ length: LINES_OF_ONE_MAX }, () => 'okta:flood'), 'okta:other'],
  );
});

test('when the minute is over, one line has how many were left out', () => {
  for (let index = 0; index < 100; index++) refusals.note('origin', from('192.0.2.1'));
  lines.length = 0;
  mock.timers.tick(WINDOW_MS);
  const suppressed = 100 - LINES_OF_ONE_MAX;
  assert.equal(lines, [['warn', { reason: 'origin', suppressed }, 'refusals left out of the log']]);
  refusals.note('origin', from('192.0.2.1'));
  assert.is(lines.length, 2, 'a new minute has lines again');
});

test('nothing follows where no line was left out', () => {
  refusals.note('origin', from('192.0.2.1'));
  mock.timers.tick(WINDOW_MS);
  assert.is(lines.length, 1);
});

test('a relay that ends says how many lines it has left out', () => {
  for (let index = 0; index < 10; index++) refusals.note('bad-frame', from('192.0.2.1'));
  refusals.close();
  assert.equal(lines.at(-1)?.[1], { reason: 'bad-frame', suppressed: 10 - LINES_OF_ONE_MAX });
});

test('a long origin is cut off', () => {
  refusals.note('origin', { origin: `https://${'x'.repeat(10_000)}` });
  assert.is(String(lines[0]?.[1].origin).length, 200);
  assert.is(heard[0]?.[1].origin?.length, 200);
});

test.run();
