import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agentKey, isPersonal } from '../../../relay/rate-limits/agent-key.ts';

for (const [subject, personal] of [
  ['oidc:https://example.okta.com/oauth2/default:00u1', true],
  ['genesys:organization:user', true],
  ['salesforce:organization:user', true],
  ['twilio:example.twil.io:WK1', true],
  ['twilio:example.twil.io', false],
  ['twilio-app:AC1', false],
  ['five9:trust-token', false],
  ['skip:anonymous', false],
  ['', false],
] as const) {
  test(`"${subject}" ${personal ? 'is one person' : 'may be several people'}`, () => {
    assert.is(isPersonal(subject), personal);
    assert.is(agentKey({ subject, tokenId: 'jti' }), personal ? subject : 'jti');
  });
}

test.run();
