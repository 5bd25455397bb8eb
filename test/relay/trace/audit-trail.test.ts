import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RefusalDetails } from '../../../relay/refusals/refusals.ts';
import { AuditTrail } from '../../../relay/trace/audit-trail.ts';
import { TRACE_LIMITS } from '../../../relay/trace/limits.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { NOWHERE } from '../../helpers/open-access.ts';

const C: ShortName = 'projects/demo-project/conversations/c';
const OTHER: ShortName = 'projects/demo-project/conversations/other';
const HOUR_MS = 3_600_000;

const agent = (subject: string) => ({ subject, tokenId: `jti of ${subject}` });

const refused = (subject: string | undefined, more: RefusalDetails = {}): RefusalDetails => ({
  refused: 'join',
  outcome: 'denied',
  client: NOWHERE,
  agent: subject === undefined ? undefined : agent(subject),
  conversation: C,
  ...more,
});

function trailAt(limits: Partial<typeof TRACE_LIMITS> = {}) {
  const clock = { now: 1_000_000 };
  return { clock, trail: new AuditTrail({ ...TRACE_LIMITS, ...limits }, () => clock.now) };
}

const NOBODY: ReadonlySet<string> = new Set();

test('refusals of one agent, conversation and reason are one entry with a count', () => {
  const { trail, clock } = trailAt();
  trail.refused('access-denied', refused('a'));
  clock.now += 5_000;
  trail.refused('access-denied', refused('a'));
  trail.refused('access-denied', refused('a', { outcome: 'another' }));
  assert.equal(
    trail
      .refusalsOf(C, NOBODY)
      .map(({ outcome, count, firstAt, lastAt }) => [outcome, count, lastAt - firstAt]),
    [
      ['another', 1, 0],
      ['denied', 2, 5_000],
    ],
  );
});

test('refusals of another conversation are listed only for an agent asked about', () => {
  const { trail } = trailAt();
  trail.refused('access-denied', refused('a', { conversation: OTHER }));
  assert.equal(trail.refusalsOf(C, NOBODY), []);
  assert.is(trail.refusalsOf(C, new Set(['a'])).length, 1);
});

test('refused joins without a conversation or an agent are always listed', () => {
  const { trail } = trailAt();
  trail.refused('access-denied', refused('a', { conversation: undefined }));
  trail.refused('access-denied', refused(undefined, { refused: 'connect', conversation: undefined }));
  trail.refused('origin', { refused: 'origin', origin: `https://${'x'.repeat(200)}.example` });
  const found = trail.refusalsOf(C, NOBODY);
  assert.equal(found.map((each) => each.refused).sort(), ['connect', 'join', 'origin']);
  assert.ok(found.every(({ outcome }) => outcome.length < 300));
});

test('wrong admin tokens are no refusals of desktops', () => {
  const { trail } = trailAt();
  trail.refused('access-denied', refused(undefined, { refused: 'admin' }));
  assert.equal(trail.refusalsOf(C, NOBODY), []);
});

test('after an hour a refusal, a join and a leave are forgotten', () => {
  const { trail, clock } = trailAt();
  trail.refused('access-denied', refused('a'));
  trail.note('join', { outcome: 'done', client: NOWHERE, agent: agent('a'), conversation: C });
  clock.now += HOUR_MS;
  assert.equal([...trail.refusalsOf(C, NOBODY), ...trail.visitsOf(C)], []);
  trail.refused('access-denied', refused('a'));
  assert.is(trail.refusalsOf(C, NOBODY)[0]?.count, 1);
});

test('a leave keeps the time of the join and has its reason', () => {
  const { trail, clock } = trailAt();
  const entry = { client: NOWHERE, agent: agent('a'), conversation: C };
  trail.note('join', { outcome: 'done', ...entry });
  const joinedAt = clock.now;
  clock.now += 1_000;
  trail.note('leave', { outcome: 'disconnected', ...entry });
  assert.equal(trail.visitsOf(C), [
    { sub: 'a', jti: 'jti of a', joinedAt, leftAt: clock.now, outcome: 'disconnected' },
  ]);
  assert.equal(trail.visitsOf(OTHER), []);
});

test('a flood of unknown refusals does not push out those of agents', () => {
  const { trail } = trailAt({ refusalsMax: 2, unknownRefusalsMax: 2 });
  trail.refused('access-denied', refused('a'));
  for (let index = 0; index < 50; index++)
    trail.refused('access-denied', refused(undefined, { refused: 'connect', outcome: `reason ${index}` }));
  assert.equal(
    trail.refusalsOf(C, NOBODY).map(({ sub }) => sub),
    ['a', '', ''],
  );
});

test('the oldest refusal makes room for a new one', () => {
  const { trail } = trailAt({ refusalsMax: 2 });
  for (const name of ['a', 'b', 'c']) trail.refused('access-denied', refused(name));
  assert.equal(
    trail.refusalsOf(C, NOBODY).map(({ sub }) => sub),
    ['c', 'b'],
  );
});

test.run();
