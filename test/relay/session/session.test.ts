import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AuditEntry, AuditEvent } from '../../../relay/access/audit.ts';
import type { Claims } from '../../../relay/identity/claims.ts';
import { SESSION_LIMITS, type SessionLimits } from '../../../relay/session/limits.ts';
import type { ResumePoints } from '../../../relay/session/resume-points.ts';
import { Session } from '../../../relay/session/session.ts';
import { CLOSE, type CloseReason } from '../../../shared/close-codes.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { START } from '../../../shared/stream/position.ts';
import { makeEvent } from '../../helpers/events.ts';
import { NOWHERE, openAccess, UNBOUNDED } from '../../helpers/open-access.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { FakeHub } from './fake-hub.ts';

const C: ShortName = 'projects/demo-project/conversations/c';
const CLAIMS: Claims = { subject: 'test:agent', user: '', tokenId: 'jti', issuedAt: 0, expiresAt: 1 };
const POSITION = { epoch: 'e', offset: 1, tag: 't' };
const HOUR_MS = 3_600_000;

/** A session between a desktop that takes notes and a hub that does what the test says. */
class SessionFixture {
  readonly hub = new FakeHub();
  readonly sent: number[] = [];
  readonly closes: CloseReason[] = [];
  readonly removed: ShortName[] = [];
  readonly audited: [AuditEvent, AuditEntry['outcome'], ShortName | undefined][] = [];
  readonly counted: string[] = [];
  /** What happens to the desktop's resume points. */
  readonly remembered: string[] = [];
  waitingBytes = 0;
  readonly session: Session;

  constructor({ isRemembered = false, limits = {} as Partial<SessionLimits> } = {}) {
    const fixture = this;
    const desktop = {
      get waitingBytes() {
        return fixture.waitingBytes;
      },
      isOpen: true,
      send: (message: { position: { offset: number } }) => this.sent.push(message.position.offset),
      reset: () => {},
      removed: (conversation: ShortName) => this.removed.push(conversation),
      announceClose: () => {},
      close: (reason: CloseReason) => this.closes.push(reason),
    };
    const note = (what: string) => void this.remembered.push(what);
    const resumePoints: ResumePoints = {
      find: async () => START,
      start: (_conversation, { offset }) => note(`start ${offset}`),
      sent: (_conversation, { offset }) => {
        note(`sent ${offset}`);
        return `at ${offset}`;
      },
      skipped: (_conversation, from, to) => note(`skipped ${from.offset} ${to.offset}`),
      forget: () => note('forget'),
      keysOf: () => [],
      end: async () => note('end'),
    };
    const tokenSessions = { join: async () => {} };
    this.session = new Session(
      desktop,
      NOWHERE,
      {
        ...openAccess(),
        audit: {
          note: (event, { outcome, conversation }) => this.audited.push([event, outcome, conversation]),
        },
        hub: this.hub,
        project: { id: TEST_PROJECT },
        limits: { ...SESSION_LIMITS, ...limits },
        meter: {
          closing: ({ code }) => this.counted.push(`close ${code}`),
          refused: (code) => this.counted.push(`refuse ${code}`),
        },
        logger: quietLogger,
      },
      isRemembered ? { tokenSessions, resumePoints } : undefined,
    );
    this.session.admit(CLAIMS, HOUR_MS, UNBOUNDED);
    opened.push(this.session);
  }

  /** Joins and is let in. */
  async join(start: Parameters<Session['join']>[1] = 'live'): Promise<void> {
    const joining = this.session.join(C, start, () => {});
    await turn();
    this.hub.last.letIn({ position: POSITION, recovered: true });
    await joining;
  }
}

const opened: Session[] = [];
test.after(() => {
  for (const session of opened) session.end();
});

const event = (offset: number) => ({
  ...makeEvent(C),
  type: 'event' as const,
  position: { ...POSITION, offset },
  previousTag: 't',
});

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: Error & { code?: string }) => error,
  );

test('a refused name is audited without the name, because it may be anything', () => {
  const fixture = new SessionFixture();
  assert.throws(() => fixture.session.nameOf('+44 20 7946 0000'));
  assert.equal(
    fixture.audited.map(([what, , conversation]) => [what, conversation]),
    [['refuse', undefined]],
  );
});

test('events reach the desktop until it leaves, and the stay is audited', async () => {
  const fixture = new SessionFixture();
  await fixture.join();
  fixture.hub.last.member.deliver(event(2));
  assert.is(fixture.session.leave(C), true);
  assert.is(fixture.session.leave(C), false);
  assert.is(fixture.hub.last.hasLeft, true);
  assert.equal(fixture.sent, [2]);
  assert.equal(fixture.audited, [
    ['join', 'done', C],
    ['leave', 'left', C],
  ]);
});

test('a second join of a conversation replaces the first, which is told so', async () => {
  const fixture = new SessionFixture();
  const first = rejection(fixture.session.join(C, 'live', () => {}));
  await turn();
  const [replaced] = fixture.hub.joins;
  const second = fixture.session.join(C, START, () => {});
  assert.is(replaced?.hasLeft, true);
  replaced?.letIn({ position: POSITION, recovered: true });
  await turn();
  fixture.hub.last.letIn({ position: POSITION, recovered: true });
  await second;
  assert.is((await first)?.code, 'not-joined');
  assert.is(fixture.hub.last.from, START);
});

test('a failed second join takes the desktop out of the conversation', async () => {
  const fixture = new SessionFixture();
  await fixture.join();
  const failing = rejection(fixture.session.join(C, START, () => {}));
  await turn();
  fixture.hub.last.fail();
  assert.match((await failing)?.message ?? '', 'Redis is away');
  assert.equal([...fixture.session.subscriptions.keys()], []);
  assert.equal(fixture.audited.at(-1), ['leave', 'the join failed', C]);
});

test('one conversation more than the limit is refused, and one that is left makes room', async () => {
  const fixture = new SessionFixture();
  const name = (index: number): ShortName => `projects/demo-project/conversations/c${index}`;
  for (let index = 0; index < SESSION_LIMITS.joinedMax; index++)
    void rejection(fixture.session.join(name(index), 'live', () => {}));
  const refused = await rejection(fixture.session.join(C, 'live', () => {}));
  assert.is(refused?.code, 'too-many-joins');
  fixture.session.leave(name(0));
  void rejection(fixture.session.join(C, 'live', () => {}));
  await turn();
  assert.is(fixture.hub.last.conversation, C);
});

test('a desktop that does not read is closed once, and leaves its conversations', async () => {
  const fixture = new SessionFixture();
  await fixture.join();
  fixture.waitingBytes = SESSION_LIMITS.backlogMaxBytes + 1;
  fixture.hub.last.member.deliver(event(2));
  fixture.session.keepsUp();
  assert.equal(fixture.sent, []);
  assert.equal(fixture.closes, [CLOSE.slow, CLOSE.slow]);
  assert.equal(fixture.counted, [`close ${CLOSE.slow.code}`]);
  assert.is(fixture.hub.last.hasLeft, true);
});

test('only a join from where the desktop was moves its resume points', async () => {
  const remembered = new SessionFixture({ isRemembered: true });
  await remembered.join('remembered');
  remembered.hub.last.member.deliver(event(2));
  assert.equal(remembered.remembered, ['start 1', 'sent 2']);
  remembered.session.end();
  await remembered.session.ended;
  assert.equal(remembered.remembered.at(-1), 'end');

  const byCursor = new SessionFixture({ isRemembered: true });
  await byCursor.join(START);
  byCursor.hub.last.member.deliver(event(2));
  assert.equal(byCursor.remembered, []);
});

test('a join from where the desktop was is answered at once where it has joined', async () => {
  const fixture = new SessionFixture({ isRemembered: true });
  await fixture.join('remembered');
  await fixture.session.join(C, 'remembered', () => assert.unreachable('joined twice'));
  assert.is(fixture.hub.joins.length, 1);
});

test('a join from where the desktop was that fails is tried again until it succeeds', async () => {
  const fixture = new SessionFixture({ isRemembered: true, limits: { joinRetryMs: 1 } });
  const joining = rejection(fixture.session.join(C, 'remembered', () => {}));
  for (let tries = 1; tries <= 3; tries++) {
    await until(() => fixture.hub.joins.length === tries);
    if (tries < 3) fixture.hub.last.fail();
  }
  fixture.hub.last.letIn({ position: POSITION, recovered: true });
  assert.is(await joining, undefined);
  assert.equal(fixture.audited, [['join', 'done', C]]);
});

test('a join that is tried again ends when the desktop leaves', async () => {
  const fixture = new SessionFixture({ isRemembered: true, limits: { joinRetryMs: 1 } });
  const joining = rejection(fixture.session.join(C, 'remembered', () => {}));
  await turn();
  fixture.hub.last.fail();
  fixture.session.leave(C);
  assert.is((await joining)?.code, 'not-joined');
  assert.is(fixture.hub.joins.length, 1);
});

test.run();
