import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AccessRefusedError, type Grant } from '../../../relay/access/access-policy.ts';
import type { AuditEntry, AuditEvent } from '../../../relay/access/audit.ts';
import type { Claims } from '../../../relay/identity/claims.ts';
import { Visits } from '../../../relay/session/access-lease.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { NOWHERE, openAccess } from '../../helpers/open-access.ts';
import { until } from '../../helpers/until.ts';

const C: ShortName = 'projects/demo-project/conversations/c';
const CLAIMS: Claims = { subject: 'test:agent', user: '', tokenId: 'jti', issuedAt: 0, expiresAt: 1 };
const DENY = new AccessRefusedError('denied');
const AWAY = new AccessRefusedError('away', { isTemporary: true });

/** Visits whose access the test decides on. */
class World {
  /** How the next questions about access end; the last one for all that follow. */
  verdicts: (Grant | Error)[];
  readonly asked: { isAnew: boolean | undefined; at: number }[] = [];
  readonly removed: [ShortName, string][] = [];
  readonly audited: [AuditEvent, AuditEntry['outcome'], ShortName | undefined][] = [];
  readonly visits: Visits;

  constructor(...verdicts: (Grant | Error)[]) {
    this.verdicts = verdicts;
    this.visits = new Visits(
      {
        access: {
          nameOf: (name) => openAccess().access.nameOf(name),
          require: async (_agent, _action, _target, options) => {
            this.asked.push({ isAnew: options?.isAnew, at: Date.now() });
            const verdict = this.verdicts.length > 1 ? this.verdicts.shift() : this.verdicts[0];
            if (verdict instanceof Error) throw verdict;
            return verdict ?? { until: undefined };
          },
        },
        audit: {
          note: (event, { outcome, conversation }) => this.audited.push([event, outcome, conversation]),
        },
        retryMs: 20,
      },
      {
        claims: () => CLAIMS,
        source: NOWHERE,
        remove: (conversation, reason) => this.removed.push([conversation, reason]),
      },
    );
  }

  async enter(conversation = C): Promise<void> {
    await this.visits.admit(conversation);
    this.visits.entered(conversation);
  }
}

const soon = (): Grant => ({ until: Date.now() + 60 });

test('who is in for as long as the token is not asked about again', async () => {
  const world = new World({ until: undefined });
  await world.enter();
  await sleep(50);
  assert.is(world.asked.length, 1);
  world.visits.leftAll('disconnected');
});

test('who is in for a while is asked about anew before that is over', async () => {
  const world = new World(soon(), { until: undefined });
  const start = Date.now();
  await world.enter();
  await until(() => world.asked.length === 2);
  assert.is(world.asked[1]?.isAnew, true);
  assert.ok((world.asked[1]?.at ?? 0) - start < 60 + 1_000);
  assert.equal(world.removed, []);
  world.visits.leftAll('disconnected');
});

test('a deny ends the stay, and is told and audited once', async () => {
  const world = new World(soon(), DENY);
  await world.enter();
  await until(() => world.removed.length === 1);
  assert.equal(world.removed, [[C, 'denied']]);
  assert.equal(world.audited, [
    ['join', 'done', C],
    ['leave', 'denied', C],
  ]);
  world.visits.left(C, 'left');
  await sleep(40);
  assert.is(world.audited.length, 2);
  assert.is(world.asked.length, 2, 'nobody asks on');
});

test('no answer does not end it, is asked for again soon, and a deny after that does', async () => {
  const world = new World(soon(), AWAY, new Error('Redis is away'), AWAY, DENY);
  await world.enter();
  await until(() => world.asked.length === 4);
  assert.equal(world.removed, []);
  await until(() => world.removed.length === 1);
});

test('who has left is not asked about, nor removed by an answer that comes late', async () => {
  const world = new World(soon(), DENY);
  await world.enter();
  world.visits.left(C, 'left');
  await sleep(80);
  assert.is(world.asked.length, 1);

  const late = new World({ until: undefined }, DENY);
  await late.enter();
  const looking = late.visits.renewed();
  late.visits.leftAll('disconnected');
  await looking;
  assert.equal(late.removed, []);
});

test('a new token is judged at once, for each conversation, without asking the authorizer for more than it has said', async () => {
  const world = new World({ until: undefined });
  const other: ShortName = `${C}2`;
  await world.enter();
  await world.enter(other);
  await world.visits.renewed();
  assert.equal(
    world.asked.slice(2).map(({ isAnew }) => isAnew),
    [false, false],
  );
  world.verdicts = [DENY];
  await world.visits.renewed();
  assert.equal(
    world.removed.map(([conversation]) => conversation),
    [C, other],
  );
});

test('joining again is no second join, and one that is refused is a leave', async () => {
  const world = new World({ until: undefined }, { until: undefined }, DENY);
  await world.enter();
  await world.enter();
  await world.visits.admit(C).catch((error: unknown) => world.visits.failed(C, error));
  assert.equal(world.audited, [
    ['join', 'done', C],
    ['refuse', 'denied', C],
    ['leave', 'denied', C],
  ]);
});

test('a join that Redis let down is no refusal', async () => {
  const world = new World({ until: undefined });
  await world.visits.admit(C);
  world.visits.failed(C, new Error('Redis is away'));
  assert.equal(world.audited, []);
});

test('a name that is refused is audited without it, because it may be anything', async () => {
  const world = new World({ until: undefined });
  assert.throws(() => world.visits.nameOf('+44 20 7946 0000'));
  assert.equal(
    world.audited.map(([event, , conversation]) => [event, conversation]),
    [['refuse', undefined]],
  );
});

test.run();
