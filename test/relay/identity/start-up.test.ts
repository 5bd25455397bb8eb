import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fixture } from '../../helpers/fixture.ts';
import { buildRelay } from '../../helpers/relay-program.ts';

const program = await buildRelay(new Fixture(test));

const REFUSALS: [env: Record<string, string>, says: string][] = [
  [{ AUTH_OPTION: 'Skip', K_SERVICE: 'relay' }, 'AUTH_OPTION is Skip'],
  [
    { AUTH_OPTION: 'GenesysCloud', GENESYS_CLOUD_ENVIRONMENT: 'mypurecloud.com' },
    'GENESYS_CLOUD_ORGANIZATION_ID is not set',
  ],
  [{ AUTH_OPTION: 'Salesforce' }, 'SALESFORCE_DOMAIN is not set'],
];
for (const [env, says] of REFUSALS) {
  test(`the process ends with ${JSON.stringify(env)}`, async () => {
    const { code, output } = await program.run(env);
    assert.is(code, 1, output);
    assert.match(output, says);
  });
}

test.run();
