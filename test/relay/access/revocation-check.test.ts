import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { revocationCheck } from '../../../relay/access/revocation-check.ts';
import type { Holder } from '../../../relay/access/revocation-record.ts';
import type { Claims } from '../../../relay/identity/claims.ts';

const claimsOf = (tokenId: string): Claims => ({
  subject: 'test:agent',
  user: '',
  tokenId,
  issuedAt: 0,
  expiresAt: 1,
});

/** A check of one connection, whose answers the test gives. */
class CheckFixture {
  claims: Claims | undefined = claimsOf('first');
  readonly asked: (string | undefined)[] = [];
  readonly answers: PromiseWithResolvers<boolean>[] = [];
  revoked = 0;
  readonly check = revocationCheck(
    {
      isRevoked: ({ tokenId }: Holder) => {
        this.asked.push(tokenId);
        const answer = Promise.withResolvers<boolean>();
        this.answers.push(answer);
        return answer.promise;
      },
    },
    () => this.claims,
    () => this.revoked++,
  );
}

test('renewals while Redis is asked lead to one more question, about the newest token', async () => {
  const fixture = new CheckFixture();
  for (const tokenId of ['first', 'second', 'third', 'fourth']) {
    fixture.claims = claimsOf(tokenId);
    void fixture.check();
  }
  assert.equal(fixture.asked, ['first']);
  fixture.answers[0]?.resolve(false);
  await turn();
  assert.equal(fixture.asked, ['first', 'fourth']);
  fixture.answers[1]?.resolve(true);
  await turn();
  assert.is(fixture.revoked, 1);
});

test('a Redis that does not answer revokes nothing', async () => {
  const fixture = new CheckFixture();
  const checking = fixture.check();
  fixture.answers[0]?.reject(new Error('away'));
  await checking;
  assert.is(fixture.revoked, 0);
});

test('without revocations nothing is asked', async () => {
  let revoked = 0;
  await revocationCheck(
    undefined,
    () => claimsOf('t'),
    () => revoked++,
  )();
  assert.is(revoked, 0);
});

test.run();
