import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareUrgency, flagsOf, isChosen } from '../../../relay/desktop/wall/arrange-calls.ts';
import { levelOf } from '../../../relay/desktop/wall/flags.ts';
import { DEFAULT_THRESHOLDS } from '../../../relay/desktop/wall/thresholds.ts';
import { type Listed, listedCall } from './listed.ts';

const ranked = (listed: Listed, lowSentiment = DEFAULT_THRESHOLDS.lowSentiment) => {
  const call = listedCall(listed);
  return { call, flags: flagsOf(call, { lowSentiment }) };
};
const inOrder = (calls: Listed[]) =>
  calls
    .map((listed) => ranked(listed))
    .sort(compareUrgency)
    .map(({ call }) => call.name.replace(/.*\//, ''));

test('one grave flag stands before all lesser ones together', () => {
  const calls = [
    { id: 'calm' },
    { id: 'lesser', flags: ['LONG_CALL', 'SILENCE', 'FALLING_SENTIMENT'], score: -0.9 },
    { id: 'needs', flags: ['HUMAN_INTERVENTION_NEEDED'] },
    { id: 'error', flags: ['UNRECOVERABLE_ERROR'] },
    { id: 'long', flags: ['LONG_CALL'] },
    { id: 'silent', flags: ['SILENCE'] },
  ];
  assert.equal(inOrder(calls), ['error', 'needs', 'lesser', 'silent', 'long', 'calm']);
});

test('equal flags go by the sentiment, then by the length, then by the name', () => {
  const calls = [
    { id: 'young', seconds: 10 },
    { id: 'old', seconds: 100 },
    { id: 'b', seconds: 50 },
    { id: 'a', seconds: 50 },
    { id: 'sad', score: -0.3, seconds: 1 },
    { id: 'glad', score: 0.4, seconds: 500 },
  ];
  assert.equal(inOrder(calls), ['sad', 'old', 'a', 'b', 'young', 'glad']);
});

test('a difference in sentiment that nobody sees moves no call', () => {
  const calls = [
    { id: 'young', seconds: 10, score: -0.31 },
    { id: 'old', seconds: 100, score: -0.29 },
  ];
  assert.equal(inOrder(calls), ['old', 'young']);
});

test('an ended call is last, and keeps no flag but its error', () => {
  const flags = ['SILENCE', 'LONG_CALL', 'UNRECOVERABLE_ERROR'];
  const ended = ranked({ id: 'ended', stage: 'ENDED', flags, score: -1 });
  assert.equal(ended.flags, ['UNRECOVERABLE_ERROR']);
  assert.equal(inOrder([{ id: 'ended', stage: 'ENDED', flags }, { id: 'calm' }]), ['calm', 'ended']);
});

test('a score at the threshold is negative, one above it or none is not', () => {
  assert.equal(ranked({ score: -0.5, flags: ['SILENCE'] }).flags, ['LOW_SENTIMENT', 'SILENCE']);
  assert.equal(ranked({ score: -0.49 }).flags, []);
  assert.equal(ranked({}, 0).flags, []);
});

test('the gravest flag decides the level of a call', () => {
  assert.is(levelOf([]), 'calm');
  assert.is(levelOf(['LONG_CALL']), 'warning');
  assert.is(levelOf(['LONG_CALL', 'UNRECOVERABLE_ERROR']), 'critical');
});

test('a part of the id in any case, the whole name and a flag find a call', () => {
  const call = ranked({ id: 'Demo-1', flags: ['SILENCE'] });
  const find = (query: string, flag?: 'SILENCE' | 'LONG_CALL') => isChosen(call, { query, flag });
  assert.ok(find(''));
  assert.ok(find(' demo '));
  assert.ok(find('projects/p/locations/global/conversations/Demo-1'));
  assert.not(find('global'));
  assert.ok(find('1', 'SILENCE'));
  assert.not(find('1', 'LONG_CALL'));
});

test.run();
