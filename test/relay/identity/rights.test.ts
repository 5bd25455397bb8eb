import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Rights } from '../../../relay/identity/rights.ts';
import { signingKey } from '../../../relay/identity/signing-key.ts';
import { createTokens } from '../../../relay/identity/tokens.ts';

const key = signingKey('a key for tests, of more than 32 bytes');
const tokens = createTokens({ projectId: 'demo-project', lifetimeSeconds: 60, keyRing: () => [key] });

for (const rights of [
  {},
  { role: 'agent' },
  { role: 'supervisor', conversations: [] },
  { conversations: ['projects/demo-project/conversations/c', 'anything'] },
] satisfies Rights[]) {
  test(`a token carries ${JSON.stringify(rights).slice(0, 60)}`, () => {
    const token = tokens.issue('test:agent', '', rights).token;
    const verdict = tokens.verify(token);
    assert.ok(verdict.valid);
    assert.equal(
      { role: verdict.claims.role, conversations: verdict.claims.conversations },
      { role: undefined, conversations: undefined, ...rights },
    );
    const payload = jwt.decode(token, { json: true }) ?? {};
    for (const claim of ['role', 'conversations']) {
      assert.is(Object.hasOwn(payload, claim), Object.hasOwn(rights, claim), claim);
    }
  });
}

test('nothing else of an identity becomes a claim', () => {
  const identity = { subject: 'test:other', exp: 0, role: 'agent' as const };
  const payload = jwt.decode(tokens.issue('test:agent', '', identity).token, { json: true });
  assert.is(payload?.sub, 'test:agent');
  assert.not.ok(Object.hasOwn(payload ?? {}, 'subject'));
  assert.ok((payload?.exp ?? 0) > 0);
});

for (const claims of [
  { role: 'admin' },
  { role: null },
  { role: ['agent'] },
  { role: 'Supervisor' },
  { conversations: 'projects/demo-project/conversations/c' },
  { conversations: null },
  { conversations: [1] },
  { conversations: { length: 0 } },
]) {
  test(`refused: ${JSON.stringify(claims)}`, () => {
    const token = jwt.sign(
      { exp: Math.floor(Date.now() / 1000) + 60, gcp_agent_assist_project: 'demo-project', ...claims },
      key.secret,
      { algorithm: 'HS256' },
    );
    assert.equal(tokens.verify(token), { valid: false, fault: 'unparsable' });
  });
}

test.run();
