import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROVIDER_CREDENTIAL_MAX_CHARS } from '../../../relay/providers/limits.ts';
import { chooseAmong } from '../../../relay/providers/provider-choice.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown) => `${encode({ alg: 'RS256' })}.${encode(claims)}.c2lnbmF0dXJl`;

/** Candidates that only remember which credential they were shown. */
function candidates(...given: { names: string[]; opaque?: boolean; issuers?: string[] }[]) {
  const shown: string[] = [];
  const list = given.map(({ names, opaque = true, issuers = [] }) => ({
    names,
    opaque,
    provider: {
      issuers,
      verify: async (credential: string) => {
        shown.push(`${names[0]}: ${credential}`);
        return { subject: `${names[0]}:somebody` };
      },
    },
  }));
  return { providers: chooseAmong(list), shown };
}

const A = { names: ['A', 'A2'], issuers: ['https://a.example.com'] };
const B = { names: ['B'] };
const SIGNED = { names: ['Signed'], opaque: false, issuers: ['https://signed.example.com'] };

const OF_A = jwt({ iss: 'https://a.example.com' });
const OF_SIGNED = jwt({ iss: 'https://signed.example.com' });
const OF_NOBODY = jwt({ iss: 'https://nobody.example.com' });
const JWE = 'eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn';

const CHOICES: [of: (typeof A)[], token: string, named: unknown, chosen: string | undefined][] = [
  [[A], 'opaque', undefined, 'A'],
  [[A], 'opaque', 'A', 'A'],
  [[A], 'opaque', 'A2', 'A'],
  [[A], 'opaque', 'B', undefined],
  [[A], 'opaque', '', undefined],
  [[A], 'opaque', ['A', 'A'], undefined],
  [[A], 'opaque', 'a', undefined],
  [[A], 'opaque', '__proto__', undefined],
  [[A], OF_A, undefined, 'A'],
  [[A], OF_NOBODY, undefined, undefined],
  [[A], OF_NOBODY, 'A', 'A'],
  [[A], jwt({}), undefined, 'A'],
  [[A], jwt({ iss: 5 }), undefined, 'A'],
  [[A], jwt(null), undefined, 'A'],
  [[A], JWE, undefined, 'A'],
  [[A, SIGNED], 'opaque', undefined, 'A'],
  [[A, SIGNED], OF_SIGNED, undefined, 'Signed'],
  [[A, SIGNED], OF_SIGNED, 'A', 'Signed'],
  [[SIGNED], 'opaque', undefined, undefined],
  [[A, { ...B, issuers: [] }], 'opaque', undefined, undefined],
  [[A, { ...B, issuers: [] }], 'opaque', 'B', 'B'],
  [[A, { ...B, issuers: [] }], OF_A, undefined, 'A'],
  [[A, { ...B, issuers: [] }], OF_A, 'B', 'A'],
  [[], 'opaque', undefined, undefined],
  [[], 'opaque', 'A', undefined],
];
for (const [of, token, named, chosen] of CHOICES) {
  const name = `${of.map(({ names }) => names[0]).join(', ') || 'nobody'} with ${token.slice(0, 90)}`;
  test(`${chosen ?? 'no one'} is shown: ${name.slice(0, 30)}, ?provider=${named}`, async () => {
    const { providers, shown } = candidates(...of);
    const identity = await providers.verify(`Bearer ${token}`, named);
    assert.equal(identity, chosen === undefined ? undefined : { subject: `${chosen}:somebody` });
    assert.equal(shown, chosen === undefined ? [] : [`${chosen}: ${token}`]);
  });
}

for (const [header, credential] of [
  ['abc', 'abc'],
  ['Bearer abc', 'abc'],
  ['bearer abc', 'abc'],
  ['BEARER   abc ', 'abc'],
  ['bearerabc', 'bearerabc'],
  ['x'.repeat(PROVIDER_CREDENTIAL_MAX_CHARS), 'x'.repeat(PROVIDER_CREDENTIAL_MAX_CHARS)],
] as const) {
  test(`"${header.slice(0, 20)}" holds the credential "${credential.slice(0, 20)}"`, async () => {
    const { providers, shown } = candidates(B);
    await providers.verify(header);
    assert.equal(shown, [`B: ${credential}`]);
  });
}

for (const header of [
  '',
  ' ',
  'Bearer',
  'bearer ',
  'Bearer Bearer abc',
  'a b',
  'abc\r\nx-injected: 1',
  'caf\u00e9',
  'x'.repeat(PROVIDER_CREDENTIAL_MAX_CHARS + 1),
]) {
  test(`nobody is shown what ${JSON.stringify(header.slice(0, 30))} holds`, async () => {
    const { providers, shown } = candidates(B);
    assert.is(await providers.verify(header), undefined);
    assert.is(await providers.verify(header, 'B'), undefined);
    assert.equal(shown, []);
  });
}

test.run();
