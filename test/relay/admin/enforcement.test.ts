import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Holder, RevocationRecord } from '../../../relay/access/revocation-record.ts';
import { Enforcement } from '../../../relay/admin/enforcement.ts';
import type { Claims } from '../../../relay/identity/claims.ts';
import type { Revocable } from '../../../relay/session/revocable.ts';
import { CLOSE, type CloseReason } from '../../../shared/close-codes.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';

class FakeConnection implements Revocable {
  readonly claims: Claims;
  readonly subscriptions: ReadonlyMap<ShortName, unknown>;
  readonly closes: CloseReason[] = [];
  /** How often it was closed when `onRevoked` was called, and the conversations that it lost. */
  readonly told: [closes: number, lost: readonly ShortName[] | undefined][] = [];
  readonly #ended = Promise.withResolvers<void>();
  readonly end = this.#ended.resolve;
  readonly ended = this.#ended.promise;

  constructor(tokenId: string, conversations: ShortName[]) {
    const times = { issuedAt: 1, expiresAt: 2 };
    this.claims = {
      tokenId,
      subject: 'okta:ann',
      user: '',
      role: undefined,
      conversations: undefined,
      ...times,
    };
    this.subscriptions = new Map(conversations.map((name) => [name, undefined]));
  }

  storedKeys(): [] {
    return [];
  }

  close(reason: CloseReason): void {
    this.closes.push(reason);
  }
}

/** Enforces what is revoked of these connections: tokens by their id, conversations by their record. */
async function enforce(
  connections: FakeConnection[],
  revoked: { tokens?: string[]; conversations?: Map<ShortName, Partial<RevocationRecord>> },
) {
  const traces: [ShortName, readonly string[]][] = [];
  let looks = 0;
  const records = revoked.conversations ?? new Map<ShortName, Partial<RevocationRecord>>();
  const enforcement = new Enforcement({
    revocations: {
      poll: async () => looks++ === 0,
      knows: ({ tokenId }: Holder) => revoked.tokens?.some((revoked) => revoked === tokenId) ?? false,
      recordOf: (conversation) => {
        const record = records.get(conversation);
        return record && { at: 0, issuedUntil: 0, until: 0, erases: false, ...record };
      },
    },
    connections: () => connections,
    onRevoked: (connection, lost) => {
      if (connection instanceof FakeConnection) connection.told.push([connection.closes.length, lost]);
    },
    removeTraces: async (conversation, closed) =>
      void traces.push([conversation, closed.flatMap(({ claims }) => claims?.tokenId ?? [])]),
    refusals: { note: () => {} },
    logger: quietLogger,
    limits: { revocationPollMs: 5 },
  });
  await until(() => looks > 1);
  enforcement.close();
  return traces;
}

test('a connection is closed for its token or a joined conversation, not otherwise', async () => {
  const [withdrawn, other] = [uniqueConversation(), uniqueConversation()];
  const [first, second, third] = [
    new FakeConnection('revoked', [withdrawn]),
    new FakeConnection('good', [other, withdrawn]),
    new FakeConnection('good', [other]),
  ] as const;
  const conversations = new Map([[withdrawn, {}]]);
  const traces = await enforce([first, second, third], { tokens: ['revoked'], conversations });
  assert.equal(
    [first, second, third].map(({ closes }) => closes),
    [[CLOSE.revoked], [CLOSE.withdrawn], []],
  );
  assert.equal(
    [first, second, third].map(({ told }) => told),
    [[[0, undefined]], [[0, [withdrawn]]], []],
  );
  assert.equal(traces, []);
});

test('what is left of an erased conversation goes when its connections have ended', async () => {
  const erased = uniqueConversation();
  const [first, second] = [new FakeConnection('one', [erased]), new FakeConnection('two', [erased])] as const;
  const traces = await enforce([first, second], { conversations: new Map([[erased, { erases: true }]]) });
  first.end();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(traces, []);
  second.end();
  await until(() => traces.length > 0);
  assert.equal(traces, [[erased, ['one', 'two']]]);
});

test.run();
