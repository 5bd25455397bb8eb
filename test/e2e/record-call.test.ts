// A call is recorded from a relay and played again, by the commands that a user types.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { playCall } from '../../scripts/calls/call-player.ts';
import { parseRecording } from '../../scripts/calls/recording.ts';
import { bankCard } from '../../scripts/calls/scenarios/bank-card.ts';
import { scheduleScenario } from '../../scripts/calls/schedule.ts';
import { type EventKind, INTERIM_KIND } from '../../shared/event.ts';
import type { Ended } from '../helpers/process.ts';
import { PROJECT, simulate, simulatorFixture, startSimulate, totalOf } from '../helpers/simulator.ts';
import { until } from '../helpers/until.ts';

const fixture = simulatorFixture(test);
/** Until a command has joined, on a busy machine. */
const START_LIMIT_MS = 60_000;

/** Plays one call to the stack while the command records it, and gives what it has recorded. */
async function recordOneCall(id: string, ...args: string[]): Promise<{ file: string; ended: Ended }> {
  const file = join(fixture.directory(), 'call.jsonl');
  const conversation = `projects/${PROJECT}/conversations/${id}`;
  const recording = startSimulate(
    ...['--record', file, '--relay', fixture.stack.url, '--conversation', conversation],
    ...args,
  );
  const hasJoined = () => recording.output().includes('Recording ') || recording.child.exitCode !== null;
  await until(hasJoined, START_LIMIT_MS, 'the command has joined the conversation');
  await playCall({
    events: scheduleScenario(bankCard),
    location: `projects/${PROJECT}/locations/global`,
    conversationId: id,
    speed: 20,
    publish: ({ kind, data, attributes }) =>
      fixture.stack.publisher.publish(kind, JSON.stringify(data), { ...attributes }),
    signal: new AbortController().signal,
  });
  return { file, ended: await recording.ended };
}

test('a call is recorded without what was said, and played again', async () => {
  const { file, ended } = await recordOneCall('a-real-call');
  assert.is(ended.code, 0, ended.output);
  const text = readFileSync(file, 'utf8');
  assert.is(statSync(file).mode & 0o777, 0o600);
  // Digits of a time are no content.
  const withoutTimes = text.replace(/"atMs":-?\d+|time:-?\d+/g, '');
  for (const word of ['a-real-call', PROJECT, 'Cedar', 'debit', '78310', '4471'])
    assert.not.match(withoutTimes, word);
  const recorded = parseRecording(text);
  const others = (kinds: readonly { kind: EventKind }[]) =>
    kinds.filter(({ kind }) => kind !== INTERIM_KIND).map(({ kind }) => kind);
  assert.is(others(recorded).length, others(scheduleScenario(bankCard)).length);
  const again = await simulate('--replay', file, '--calls=2', '--rate=5', ...fixture.toStack());
  assert.is(again.code, 0, again.output);
  assert.is(totalOf(again).published, 2 * recorded.length);
});

test('a call is recorded with what was said when that is asked for', async () => {
  const { file, ended } = await recordOneCall('another-call', '--with-content');
  assert.is(ended.code, 0, ended.output);
  const text = readFileSync(file, 'utf8');
  assert.match(text, 'My customer number is 78310, and the card ends in 4471.');
  assert.not.match(text, 'another-call');
  const over = await simulate(
    ...[
      '--record',
      file,
      '--relay',
      fixture.stack.url,
      '--conversation',
      `projects/${PROJECT}/conversations/x`,
    ],
  );
  assert.is(over.code, 1);
  assert.match(over.output, 'EEXIST');
  assert.is(readFileSync(file, 'utf8'), text);
});

test.run();
