// What the verdict says of refusals and of desktops that left: each with a remedy of its own.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VisitReport } from '../../../../relay/trace/relay-report.ts';
import { inWords, remedyFor } from '../../../../scripts/operate/trace/trace-remedies.ts';
import { judge } from '../../../../scripts/operate/trace/verdict.ts';
import { CLOSE } from '../../../../shared/close-codes.ts';
import { event, logOf, NAME, NOW, refusal, relayOf } from './reports.ts';

const visit = (more: Partial<VisitReport>): VisitReport => ({
  sub: 'okta:bob',
  jti: 'jti-2',
  joinedAt: null,
  leftAt: null,
  outcome: '',
  ...more,
});

const verdictOf = (report: Parameters<typeof relayOf>[0]) =>
  judge({
    conversation: NAME,
    log: logOf([event(1)]),
    reports: [relayOf(report)],
    missing: 0,
    isHeard: true,
  }).map(({ state, check, detail, remedy }) => `${state} ${check}: ${detail} -> ${remedy}`);

const desktopsIn = (found: string[]) => found.find((line) => line.includes(' desktops: ')) ?? '';

const TOKENS = ['missing', 'malformed', 'no-project', 'no-expiry', 'other-project', 'other-subject'];

test('a refused token has words and a remedy for what is wrong with it', () => {
  for (const outcome of [...TOKENS, 'unknown-key', 'expired', 'revoked']) {
    const refused = refusal({ refused: 'connect', outcome, reason: `token-${outcome}`, sub: '' });
    assert.is.not(inWords(outcome), outcome);
    assert.not.match(remedyFor(refused), 'was not signed by this service', outcome);
  }
  const unparsable = refusal({ refused: 'connect', outcome: 'unparsable', reason: 'token-unparsable' });
  assert.match(remedyFor(unparsable), 'was not signed by this service');
});

test('an agent that was let in after a refusal and left is said to have left', () => {
  const refusals = [refusal({ lastAt: NOW - 600_000 })];
  const visits = [visit({ joinedAt: NOW - 500_000, leftAt: NOW - 60_000, outcome: 'left' })];
  const found = verdictOf({ refusals, visits });
  assert.match(desktopsIn(found), /^fault desktops: nobody is joined: agent okta:bob left 60 s ago/);
  assert.match(found.join('\n'), /^note refusals: join was refused to agent okta:bob/m);
});

test('an agent that was put out is said to have been refused', () => {
  const refusals = [refusal({ lastAt: NOW - 60_000 })];
  const visits = [
    visit({ joinedAt: NOW - 500_000, leftAt: NOW - 60_001, outcome: 'access to the conversation is denied' }),
  ];
  assert.match(desktopsIn(verdictOf({ refusals, visits })), 'agent okta:bob was refused 60 s ago');
});

const PUT_OUT = [
  CLOSE.revoked,
  CLOSE.withdrawn,
  CLOSE.unauthenticated,
  CLOSE['auth-first'],
  CLOSE['auth-timeout'],
  CLOSE['too-many-connections'],
] as { reason: string }[];

test('only a desktop that lost its access is told to look at its access', () => {
  for (const close of Object.values(CLOSE).filter((each) => !PUT_OUT.includes(each))) {
    const visits = [visit({ leftAt: NOW - 60_000, outcome: close.reason })];
    assert.not.match(desktopsIn(verdictOf({ visits })), 'lost its access', close.reason);
  }
});

test('text of clients and identity providers moves no cursor and makes no line', () => {
  const sub = 'okta:\u001b[2J\nok    all: fine';
  const refusals = [refusal({ refused: 'origin', outcome: 'does not list https://x\u009b31m', sub: '' })];
  const visits = [visit({ sub, leftAt: NOW - 60_000, outcome: 'left' })];
  for (const line of verdictOf({ refusals, visits })) assert.not.match(line, /\p{C}/u);
});

test.run();
