import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';
import { START } from '../../../shared/stream/position.ts';
import type { LoggedEvent } from '../../../shared/stream/protocol.ts';
import { NativeSessionFixture } from './native-session-fixture.ts';

const NAME = 'projects/demo-project/conversations/c';
const TOP = { epoch: 'e', offset: 3, tag: 't3' };
const CURSOR = 'e.3.t3';

let fixture: NativeSessionFixture;

test.before.each(async () => {
  fixture = new NativeSessionFixture();
  await fixture.authenticate();
});
test.after.each(() => fixture.desktop.session.end());

const join = (id: string | number, more: Record<string, unknown> = {}) => ({
  type: 'join',
  id,
  conversation: NAME,
  ...more,
});
const leave = (id: string | number, conversation = NAME) => ({ type: 'leave', id, conversation });

function message(offset: number): LoggedEvent {
  return {
    type: 'event',
    position: { epoch: 'e', offset, tag: `t${offset}` },
    previousTag: `t${offset - 1}`,
    kind: 'new-message-event',
    messageId: String(offset),
    json: `{"message_id":"${offset}"}`,
  };
}

function codeOf(id: string | number): string | undefined {
  const [answer, ...others] = fixture.answersTo(id);
  assert.is(others.length, 0, `${id} has more than one answer`);
  return answer?.type === 'error' ? answer.code : answer?.type;
}

test('a join is answered with the short name and the cursor before its first event', async () => {
  await fixture.receive(join('j', { conversation: 'projects/42/locations/europe-west2/conversations/c' }));
  const { last } = fixture.hub;
  assert.is(last.conversation, NAME);
  assert.is(last.from, 'live');
  assert.equal(fixture.sent, []);
  last.letIn({ position: TOP, recovered: true });
  last.member.deliver(message(4));
  assert.equal(fixture.sent, [
    { type: 'joined', id: 'j', conversation: NAME, cursor: CURSOR, recovered: true },
    { type: 'event', event: { message_id: '4', cursor: 'e.4.t4' } } as never,
  ]);
});

const STARTS: [unknown, unknown][] = [
  [undefined, 'live'],
  [null, 'live'],
  ['0', START],
  [CURSOR, TOP],
];
for (const [after, from] of STARTS) {
  test(`a join after ${JSON.stringify(after)?.slice(0, 50) ?? 'nothing'} starts there`, async () => {
    await fixture.receive(join('j', { after }));
    assert.equal(fixture.hub.last.from, from);
  });
}

test('a join whose place is lost is told so, and a reset voids the cursors', async () => {
  await fixture.receive(join('j', { after: 'gone.9.x' }));
  fixture.hub.last.letIn({ position: START, recovered: false });
  fixture.hub.last.member.reset(TOP, START);
  assert.equal(fixture.sent, [
    { type: 'joined', id: 'j', conversation: NAME, cursor: '0', recovered: false },
    { type: 'reset', conversation: NAME, cursor: CURSOR },
  ]);
});

const REFUSED: [string, Record<string, unknown>, string][] = [
  ['another project', { conversation: 'projects/other/conversations/c' }, 'bad-conversation'],
  ['no name', { conversation: '' }, 'bad-conversation'],
  ['a participant', { conversation: `${NAME}/participants/p` }, 'bad-conversation'],
  ['no cursor', { after: 'yesterday' }, 'bad-cursor'],
  ['an empty cursor', { after: '' }, 'bad-cursor'],
  ['a bad name and a bad cursor', { conversation: 'x', after: 'x' }, 'bad-conversation'],
];
for (const [name, more, code] of REFUSED) {
  test(`a join with ${name} gets ${code}`, async () => {
    await fixture.receive(join('j', more), { type: 'ping' });
    assert.is(codeOf('j'), code);
    assert.is(fixture.sent.at(-1)?.type, 'pong');
    assert.is(fixture.hub.joins.length, 0);
  });
}

test('a join that a bad cursor refuses leaves the earlier one alone', async () => {
  await fixture.join(NAME);
  await fixture.receive(join('again', { after: 'x' }));
  assert.is(fixture.hub.last.hasLeft, false);
});

test('a join that fails is answered with unavailable, and may be repeated', async () => {
  await fixture.receive(join('one'));
  fixture.hub.last.fail();
  await fixture.receive(join('two'));
  fixture.hub.last.letIn({ position: TOP, recovered: true });
  await fixture.receive();
  assert.is(codeOf('one'), 'unavailable');
  assert.is(codeOf('two'), 'joined');
});

test('leave is answered, and a second one is told that nothing was joined', async () => {
  await fixture.join(NAME);
  await fixture.receive(leave(1, 'projects/demo-project/locations/global/conversations/c'));
  assert.is(fixture.hub.last.hasLeft, true);
  await fixture.receive(leave(2), leave(3, 'nonsense'));
  assert.equal([codeOf(1), codeOf(2), codeOf(3)], ['left', 'not-joined', 'bad-conversation']);
});

test('a leave that overtakes its join: both are answered, and nothing is delivered', async () => {
  await fixture.receive(join('j'));
  await fixture.receive(leave('l'));
  fixture.hub.last.letIn({ position: TOP, recovered: true });
  await fixture.receive();
  assert.equal([codeOf('j'), codeOf('l')], ['not-joined', 'left']);
});

test('a leave in the same turn as its join keeps it from ever reaching the room', async () => {
  await fixture.receive(join('j'), leave('l'));
  assert.equal([codeOf('j'), codeOf('l')], ['not-joined', 'left']);
  assert.is(fixture.hub.joins.length, 0);
});

test('of two joins of one conversation the later one counts, and both are answered', async () => {
  await fixture.receive(join('one', { after: '0' }));
  await fixture.receive(join('two', { after: CURSOR }));
  const [first, second] = fixture.hub.joins;
  assert.is(first?.hasLeft, true);
  first?.letIn({ position: START, recovered: true });
  second?.letIn({ position: TOP, recovered: true });
  await fixture.receive();
  assert.equal([codeOf('one'), codeOf('two')], ['not-joined', 'joined']);
  assert.is(second?.hasLeft, false);
});

test('an earlier join that fails after a later one does not end the later one', async () => {
  await fixture.receive(join('one'));
  await fixture.receive(join('two'));
  const [first, second] = fixture.hub.joins;
  second?.letIn({ position: TOP, recovered: true });
  first?.fail();
  await fixture.receive(leave('l'));
  assert.equal([codeOf('one'), codeOf('two'), codeOf('l')], ['unavailable', 'joined', 'left']);
  assert.is(second?.hasLeft, true);
});

test('join, leave and join again: each is answered for itself', async () => {
  await fixture.receive(join('one'));
  await fixture.receive(leave('l'));
  await fixture.receive(join('two'));
  for (const pending of fixture.hub.joins) pending.letIn({ position: TOP, recovered: true });
  await fixture.receive();
  assert.equal([codeOf('one'), codeOf('l'), codeOf('two')], ['not-joined', 'left', 'joined']);
});

test('one conversation too many is refused until another is left', async () => {
  for (let index = 0; index < SESSION_LIMITS.joinedMax; index++) await fixture.join(`${NAME}${index}`, index);
  await fixture.receive(join('over'));
  assert.is(codeOf('over'), 'too-many-joins');
  await fixture.receive(join('again', { conversation: `${NAME}0` }));
  assert.is(codeOf('again'), undefined);
  await fixture.receive(leave('l', `${NAME}1`), join('instead'));
  assert.is(codeOf('l'), 'left');
  assert.is(codeOf('instead'), undefined);
});

test('joins that are still under way count, and one that failed does not', async () => {
  for (let index = 0; index < SESSION_LIMITS.joinedMax; index++) {
    await fixture.receive(join(index, { conversation: `${NAME}${index}` }));
  }
  await fixture.receive(join('over'));
  fixture.hub.last.fail();
  await fixture.receive();
  await fixture.receive(join('instead'));
  assert.is(codeOf('over'), 'too-many-joins');
  assert.is(codeOf('instead'), undefined);
});

type Step = { do: 'join' | 'leave' | 'let-in' | 'fail' | 'deliver'; which: number };

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('join', 'join', 'leave', 'let-in', 'let-in', 'fail', 'deliver'),
  which: fc.nat({ max: 2 }),
});

/** Plays the steps; ids are numbers in the order of the requests. */
async function play(steps: readonly Step[]): Promise<number> {
  let requests = 0;
  let offset = 3;
  for (const { do: action, which } of steps) {
    const conversation = `${NAME}${which}`;
    if (action === 'join') await fixture.receive(join(requests++, { conversation }));
    else if (action === 'leave') await fixture.receive(leave(requests++, conversation));
    else if (action === 'deliver') {
      for (const { member, hasLeft, state } of fixture.hub.joins) {
        if (state === 'through' && !hasLeft) member.deliver(message(++offset));
      }
    } else {
      const pending = fixture.hub.joins.filter((candidate) => candidate.state === 'under way')[which];
      if (action === 'fail') pending?.fail();
      else pending?.letIn({ position: TOP, recovered: true });
      await fixture.receive();
    }
  }
  for (const pending of fixture.hub.joins) {
    if (pending.state === 'under way') pending.letIn({ position: TOP, recovered: true });
  }
  await fixture.receive();
  return requests;
}

test('every request has one answer and each conversation one member', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      fixture.desktop.session.end();
      fixture = new NativeSessionFixture();
      await fixture.authenticate();
      const requests = await play(steps);
      for (let id = 0; id < requests; id++) assert.is(fixture.answersTo(id).length, 1, `request ${id}`);
      const present = fixture.hub.joins
        .filter(({ hasLeft, state }) => !hasLeft && state === 'through')
        .map(({ conversation }) => conversation);
      assert.is(new Set(present).size, present.length);
    }),
    { numRuns: 400 },
  );
});

test.run();
