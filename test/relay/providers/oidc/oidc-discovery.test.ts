// What an issuer says of itself in its discovery document.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answersOf, envOf, SHAPES, tokenOf } from '../../../helpers/oidc-issuer.ts';
import { json } from '../../../helpers/provider-servers.ts';
import { until } from '../../../helpers/until.ts';
import { setUp } from '../provider-setup.ts';
import { issuerFixture, old } from './issuer-fixture.ts';

const { okta, auth0 } = SHAPES;
const issuer = await issuerFixture(test);
const { servers, relay } = issuer;

const discovered = (document: object) => {
  servers.answer = (_request, response) => json(response, 200, document);
};
const MISCONFIGURED: [what: string, answer: () => void, named: RegExp][] = [
  [
    'names another issuer',
    () => discovered({ issuer: `${okta.issuer}/`, jwks_uri: okta.keysUrl }),
    /OIDC_ISSUER is not the issuer that .*: set it to https:\/\/example\.okta\.com\/oauth2\/default\/, if/,
  ],
  ['names no issuer', () => discovered({ jwks_uri: okta.keysUrl }), /OIDC_ISSUER .* names none/],
  [
    'names keys without TLS',
    () => discovered({ issuer: okta.issuer, jwks_uri: 'http://example.okta.com/keys' }),
    /OIDC_ISSUER .* no https URL of its keys/,
  ],
  ['names no keys', () => discovered({ issuer: okta.issuer }), /OIDC_ISSUER .* no https URL of its keys/],
  [
    'is not there',
    () => {
      servers.answer = (_request, response) => json(response, 404, {});
    },
    /OIDC_ISSUER is not right.*openid-configuration/,
  ],
];
for (const [what, answer, named] of MISCONFIGURED) {
  test(`a discovery document that ${what} is named once in the log at the start`, async () => {
    answer();
    const { lines, isUnavailable } = relay();
    await until(() => lines.some((line) => named.test(line)));
    assert.ok(await isUnavailable(await tokenOf(okta, old)));
    assert.ok(await isUnavailable(await tokenOf(okta, old)));
    assert.is(lines.filter((line) => line.includes('"ERROR"') && named.test(line)).length, 1);
  });
}

test('the document of an issuer with a slash at its end is found without doubling it', async () => {
  servers.answer = answersOf(auth0, () => issuer.published);
  const { providers } = setUp(envOf(auth0), servers);
  assert.ok(await providers.verify(await tokenOf(auth0, old)));
  assert.is(servers.requests[0]?.url, '/.well-known/openid-configuration');
});

test.run();
