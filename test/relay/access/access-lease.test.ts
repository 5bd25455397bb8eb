import { mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AccessLease, type LeaseHost } from '../../../relay/access/access-lease.ts';
import { AccessRefusedError, type Grant } from '../../../relay/access/access-policy.ts';
import type { AuditEntry, AuditEvent } from '../../../relay/access/audit.ts';
import type { Claims } from '../../../relay/identity/claims.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { NOWHERE } from '../../helpers/open-access.ts';
import { until } from '../../helpers/until.ts';

const C: ShortName = 'projects/demo-project/conversations/c';
const CLAIMS: Claims = { subject: 'test:agent', user: '', tokenId: 'jti', issuedAt: 0, expiresAt: 1 };
const DENY = new AccessRefusedError('denied');
const AWAY = new AccessRefusedError('away', { isTemporary: true });

/** Leases of one connection, whose access the test decides on. */
class LeaseFixture {
  /** How the next questions about access end; the last one for all that follow. */
  decisions: (Grant | Error)[];
  readonly asked: { skipCache: boolean | undefined; usesKnown: boolean | undefined }[] = [];
  readonly removed: [ShortName, string][] = [];
  readonly audited: [AuditEvent, AuditEntry['outcome'], ShortName | undefined][] = [];
  readonly #host: LeaseHost;

  constructor(...decisions: (Grant | Error)[]) {
    this.decisions = decisions;
    this.#host = {
      access: {
        require: async (_agent, _action, _target, options) => {
          const { skipCache, usesKnownRevocations: usesKnown } = options ?? {};
          this.asked.push({ skipCache, usesKnown });
          const decision = this.decisions.length > 1 ? this.decisions.shift() : this.decisions[0];
          if (decision instanceof Error) throw decision;
          return decision ?? { until: undefined };
        },
      },
      audit: {
        note: (event, { outcome, conversation }) => this.audited.push([event, outcome, conversation]),
      },
      tokenSessions: undefined,
      limits: { authorizerRetryMs: 20 },
      client: NOWHERE,
      claims: () => CLAIMS,
      remove: (conversation, reason) => this.removed.push([conversation, reason]),
    };
  }

  lease(conversation = C): AccessLease {
    return new AccessLease(conversation, this.#host);
  }

  /** A lease whose desktop is in the conversation. */
  async enter(lease = this.lease()): Promise<AccessLease> {
    await lease.admit();
    lease.entered();
    return lease;
  }
}

const soon = (): Grant => ({ until: Date.now() + 60 });

test('without an end of the answer the authorizer is not asked again', async () => {
  const fixture = new LeaseFixture({ until: undefined });
  const lease = await fixture.enter();
  await sleep(50);
  assert.is(fixture.asked.length, 1);
  lease.end('disconnected');
});

test('the authorizer is asked again before its answer ends', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const fixture = new LeaseFixture(soon(), { until: undefined });
  const lease = await fixture.enter();
  mock.timers.tick(40);
  assert.is(fixture.asked.length, 1);
  mock.timers.tick(15);
  assert.is(fixture.asked.length, 2);
  assert.is(fixture.asked[1]?.skipCache, true);
  assert.equal(fixture.removed, []);
  lease.end('disconnected');
  mock.timers.reset();
});

test('a deny ends the lease, and is told and audited once', async () => {
  const fixture = new LeaseFixture(soon(), DENY);
  const lease = await fixture.enter();
  await until(() => fixture.removed.length === 1);
  assert.equal(fixture.removed, [[C, 'denied']]);
  assert.equal(fixture.audited, [
    ['join', 'done', C],
    ['leave', 'denied', C],
  ]);
  lease.end('left');
  await sleep(40);
  assert.is(fixture.audited.length, 2);
  assert.is(fixture.asked.length, 2, 'nobody asks on');
});

test('a missing answer does not end it and is asked for soon; a later deny does', async () => {
  const fixture = new LeaseFixture(soon(), AWAY, new Error('Redis is away'), AWAY, DENY);
  await fixture.enter();
  await until(() => fixture.asked.length === 4);
  assert.equal(fixture.removed, []);
  await until(() => fixture.removed.length === 1);
});

test('nothing is asked about an ended lease, and a late deny removes no desktop', async () => {
  const fixture = new LeaseFixture(soon(), DENY);
  const lease = await fixture.enter();
  lease.end('left');
  await sleep(80);
  assert.is(fixture.asked.length, 1);

  const late = new LeaseFixture({ until: undefined }, DENY);
  const ended = await late.enter();
  const renewing = ended.renew();
  ended.end('disconnected');
  await renewing;
  assert.equal(late.removed, []);
});

test('a token that is renewed during a join is judged once the desktop has joined', async () => {
  const fixture = new LeaseFixture({ until: undefined }, DENY);
  const lease = fixture.lease();
  const admitting = lease.admit();
  await lease.renew();
  await admitting;
  lease.entered();
  await until(() => fixture.removed.length === 1);
  assert.equal(fixture.removed, [[C, 'denied']]);
});

test('a new token is judged at once, with what the authorizer has said before', async () => {
  const fixture = new LeaseFixture({ until: undefined });
  const other: ShortName = `${C}2`;
  const leases = [await fixture.enter(), await fixture.enter(fixture.lease(other))];
  await Promise.all(leases.map((lease) => lease.renew()));
  assert.equal(
    fixture.asked.slice(2).map(({ skipCache }) => skipCache),
    [false, false],
  );
  fixture.decisions = [DENY];
  await Promise.all(leases.map((lease) => lease.renew()));
  assert.equal(
    fixture.removed.map(([conversation]) => conversation),
    [C, other],
  );
});

test('Redis is asked about revocations at the join, and not at a renewal', async () => {
  const fixture = new LeaseFixture({ until: undefined });
  const lease = await fixture.enter();
  await lease.renew();
  await fixture.enter(lease);
  assert.equal(
    fixture.asked.map(({ usesKnown }) => usesKnown),
    [undefined, true, undefined],
  );
});

test('renewals while the lease is being judged lead to one more judgement', async () => {
  const fixture = new LeaseFixture({ until: undefined });
  const lease = await fixture.enter();
  await Promise.all(Array.from({ length: 20 }, () => lease.renew()));
  assert.is(fixture.asked.length, 3);
});

test('a lease that is still asked for is not renewed', async () => {
  const fixture = new LeaseFixture({ until: undefined });
  const lease = fixture.lease();
  await lease.admit();
  await lease.renew();
  assert.is(fixture.asked.length, 1);
});

test('joining again is no second join, and a refused one is a leave', async () => {
  const fixture = new LeaseFixture({ until: undefined }, { until: undefined }, DENY);
  const lease = await fixture.enter();
  await fixture.enter(lease);
  await lease.admit().catch((error: unknown) => lease.fail(error));
  assert.equal(fixture.audited, [
    ['join', 'done', C],
    ['refuse', 'denied', C],
    ['leave', 'denied', C],
  ]);
});

test('a join that failed for want of Redis is not audited as refused', async () => {
  const fixture = new LeaseFixture({ until: undefined });
  const lease = fixture.lease();
  await lease.admit();
  lease.fail(new Error('Redis is away'));
  assert.equal(fixture.audited, []);
});

test.run();
