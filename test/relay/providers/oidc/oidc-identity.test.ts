import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRelayConfig } from '../../../../relay/config.ts';
import { CONVERSATIONS_CLAIM_MAX_BYTES } from '../../../../relay/identity/limits.ts';
import {
  claimAt,
  hasClaim,
  parseRequiredClaims,
  textsOf,
} from '../../../../relay/providers/oidc/oidc-claims.ts';
import { identityOf } from '../../../../relay/providers/oidc/oidc-identity.ts';
import { PROVIDER_ENV } from '../provider-setup.ts';

const CLAIMS = {
  sub: 'u',
  roles: ['reader', 'supervisor'],
  'https://example.com/roles': ['agent'],
  'cognito:groups': ['agent'],
  realm_access: { roles: ['offline_access', 'agent'] },
  'a.b': 'whole',
  a: { b: 'nested' },
};

const NAMES: [name: string, value: unknown][] = [
  ['roles', ['reader', 'supervisor']],
  ['https://example.com/roles', ['agent']],
  ['cognito:groups', ['agent']],
  ['realm_access.roles', ['offline_access', 'agent']],
  ['a.b', 'whole'],
  ['realm_access.none', undefined],
  ['realm_access.roles.0', 'offline_access'],
  ['constructor', undefined],
  ['__proto__.x', undefined],
  ['roles.length', 2],
  ['sub.length', undefined],
  ['', undefined],
];
for (const [name, value] of NAMES) {
  test(`the claim ${JSON.stringify(name)} is ${JSON.stringify(value)}`, () => {
    assert.equal(claimAt(CLAIMS, name), value);
  });
}

test('the texts of a claim are those of its plain values', () => {
  assert.equal(textsOf('a'), ['a']);
  assert.equal(textsOf(['a', 1, true, null, { b: 1 }, ['c']]), ['a', '1', 'true']);
  for (const nothing of [undefined, null, {}, [], [[]]]) assert.equal(textsOf(nothing), []);
});

test('claims are required by name and value, the value up to the next comma', () => {
  assert.equal(parseRequiredClaims('email_verified=true, tid=a|b ,https://example.com/x=y=z'), [
    { name: 'email_verified', values: ['true'] },
    { name: 'tid', values: ['a', 'b'] },
    { name: 'https://example.com/x', values: ['y=z'] },
  ]);
});

for (const text of ['', ',', 'tid', 'tid=', '=x', 'tid=a,', 'tid=a|', 'tid=|a', 'two words=a', 'tid =a']) {
  test(`${JSON.stringify(text)} requires nothing that could be understood`, () => {
    assert.is(parseRequiredClaims(text), undefined);
  });
}

const HELD: [required: string, claim: unknown, isHeld: boolean][] = [
  ['true', true, true],
  ['true', 'true', true],
  ['true', ['x', 'true'], false],
  ['true', [true], false],
  ['true', 1, false],
  ['true', { true: true }, false],
  ['false', false, true],
  ['false', [false], false],
  ['1', 1, true],
  ['1', '1', true],
  ['1', true, false],
  ['1', [1], true],
  ['a', ['b', 'a'], true],
  ['a', [['a']], false],
  ['a', { a: 'a' }, false],
  ['a', 'a b', false],
  ['null', null, false],
  ['', undefined, false],
  ['a,b', ['a', 'b'], false],
];
for (const [value, claim, isHeld] of HELD) {
  test(`${JSON.stringify(claim)} is ${isHeld ? '' : 'not '}the required ${value}`, () => {
    assert.is(hasClaim({ c: claim }, { name: 'c', values: [value] }), isHeld);
  });
}

function judged(claims: Record<string, unknown>, env: Record<string, string>) {
  return identityOf(
    { sub: 'u', ...claims },
    readRelayConfig({ ...PROVIDER_ENV, AUTH_OPTION: 'OIDC', ...env }),
  );
}
const subject = `oidc:${PROVIDER_ENV.OIDC_ISSUER}:u`;

const GROUP = 'b0f1a2c3-4d5e-6f70-8192-a3b4c5d6e7f8';
const ROLES: [claims: Record<string, unknown>, env: Record<string, string>, role: string | undefined][] = [
  [{ roles: ['supervisor'] }, { OIDC_ROLE_CLAIM: 'roles' }, 'supervisor'],
  [{ role: 'agent' }, { OIDC_ROLE_CLAIM: 'role' }, 'agent'],
  [{ roles: ['supervisor', 'agent'] }, { OIDC_ROLE_CLAIM: 'roles' }, 'agent'],
  [{ 'https://example.com/roles': ['agent'] }, { OIDC_ROLE_CLAIM: 'https://example.com/roles' }, 'agent'],
  [{ realm_access: { roles: ['agent'] } }, { OIDC_ROLE_CLAIM: 'realm_access.roles' }, 'agent'],
  [
    { groups: ['Everyone', 'Team Leads'] },
    { OIDC_ROLE_CLAIM: 'groups', OIDC_AGENT_ROLES: 'Agents', OIDC_SUPERVISOR_ROLES: 'Team Leads, Quality' },
    'supervisor',
  ],
  [{ groups: [GROUP] }, { OIDC_ROLE_CLAIM: 'groups', OIDC_AGENT_ROLES: GROUP }, 'agent'],
  [{ roles: ['Agent'] }, { OIDC_ROLE_CLAIM: 'roles' }, undefined],
  [{ roles: 'agent supervisor' }, { OIDC_ROLE_CLAIM: 'roles' }, undefined],
  [{ roles: [['agent']] }, { OIDC_ROLE_CLAIM: 'roles' }, undefined],
  [{ roles: { agent: true } }, { OIDC_ROLE_CLAIM: 'roles' }, undefined],
  [{}, { OIDC_ROLE_CLAIM: 'roles' }, undefined],
  [{ role: 'agent' }, { OIDC_ROLE_CLAIM: 'roles' }, undefined],
  [{ groups: ['agent'] }, { OIDC_ROLE_CLAIM: 'groups', OIDC_AGENT_ROLES: 'Agents' }, undefined],
];
for (const [claims, env, role] of ROLES) {
  test(`${JSON.stringify(claims).slice(0, 30)} with ${JSON.stringify(env).slice(0, 30)} is ${role ?? 'nobody'}`, () => {
    const expected = role ? { identity: { subject, role } } : { fault: 'OIDC_ROLE_CLAIM: no known role' };
    assert.equal(judged(claims, env), expected);
  });
}

test('a role that nobody asked for is not read', () => {
  assert.equal(judged({ role: 'supervisor', roles: ['supervisor'], conversations: ['c'] }, {}), {
    identity: { subject },
  });
});

const NAME = 'projects/demo-project/conversations/c';
const env = { OIDC_CONVERSATIONS_CLAIM: 'conversations' };
const LISTS: [claim: unknown, conversations: string[] | undefined][] = [
  [[NAME], [NAME]],
  [NAME, [NAME]],
  [[], []],
  [undefined, []],
  [null, []],
  [5, undefined],
  [[NAME, 5], undefined],
  [[''], undefined],
  [{ 0: NAME }, undefined],
  [Array(200).fill(NAME), undefined],
];
for (const [conversations, expected] of LISTS) {
  test(`conversations ${JSON.stringify(conversations)?.slice(0, 30)} ${expected ? 'are read' : 'are refused'}`, () => {
    const fault = 'OIDC_CONVERSATIONS_CLAIM: not a list of names';
    assert.equal(
      judged({ conversations }, env),
      expected ? { identity: { subject, conversations: expected } } : { fault },
    );
  });
}

test('the longest list of conversations is taken, and not a character more', () => {
  const list = (chars: number) => {
    const names: string[] = [];
    for (; JSON.stringify([...names, '']).length < chars; names.push('x'.repeat(200)));
    names[names.length - 1] = 'y'.repeat(200 + chars - JSON.stringify(names).length);
    assert.is(JSON.stringify(names).length, chars);
    return names;
  };
  assert.ok('identity' in judged({ conversations: list(CONVERSATIONS_CLAIM_MAX_BYTES) }, env));
  assert.not.ok('identity' in judged({ conversations: list(CONVERSATIONS_CLAIM_MAX_BYTES + 1) }, env));
});

test.run();
