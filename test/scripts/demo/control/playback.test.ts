import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SCENARIOS } from '../../../../scripts/calls/scenarios/index.ts';
import { Playback } from '../../../../scripts/demo/control/playback.ts';

const [first, second, third] = SCENARIOS;

test('scenarios are played in turn until one is chosen, and go on after it', () => {
  const playback = new Playback(SCENARIOS);
  const names = [playback.begin().scenario, playback.begin().scenario];
  assert.ok(playback.play('travel'));
  names.push(playback.begin().scenario, playback.begin().scenario);
  assert.ok(playback.play(undefined));
  names.push(playback.begin().scenario);
  assert.equal(names, [first, second, second, second, third]);
});

test('a choice ends the call that is played, and its pause', () => {
  const playback = new Playback(SCENARIOS);
  const { skipped } = playback.begin();
  playback.pace.setPaused(true);
  playback.play('billing');
  assert.is(skipped.aborted, true);
  assert.is(playback.pace.isPaused, false);
  assert.is(playback.begin().skipped.aborted, false);
});

test('a name that is no scenario changes nothing', () => {
  const playback = new Playback(SCENARIOS, second);
  const { skipped } = playback.begin();
  assert.is(playback.play('nothing'), false);
  assert.is(skipped.aborted, false);
  assert.is(playback.chosen, second?.name);
});

test.run();
