import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRelayConfig } from '../../../relay/config.ts';
import { ConfigError } from '../../../shared/errors.ts';

const CALLER = 'audiohook@my-project.iam.gserviceaccount.com';
const AUDIENCE = 'https://ui-connector-123456789.us-central1.run.app';
const SETTINGS = { SERVICE_CALLERS: CALLER, SERVICE_AUDIENCE: AUDIENCE };

const FAULTS: Record<string, [settings: Record<string, string>, fault: RegExp | undefined]> = {
  'callers without an audience': [
    { SERVICE_CALLERS: CALLER },
    /^SERVICE_AUDIENCE is not set, and SERVICE_CALLERS needs it: set it to the relay's URL/,
  ],
  'an audience without callers': [{ SERVICE_AUDIENCE: AUDIENCE }, undefined],
  'the default account of Compute Engine': [
    { ...SETTINGS, SERVICE_CALLERS: '123-compute@developer.gserviceaccount.com' },
    undefined,
  ],
  'capitals and spaces': [{ ...SETTINGS, SERVICE_CALLERS: ` ${CALLER.toUpperCase()} ` }, undefined],
  'a person': [{ ...SETTINGS, SERVICE_CALLERS: 'someone@example.com' }, /^SERVICE_CALLERS is not valid/],
  'everybody of a project': [
    { ...SETTINGS, SERVICE_CALLERS: '*@my-project.iam.gserviceaccount.com' },
    /^SERVICE_CALLERS is not valid/,
  ],
  'an empty entry': [{ ...SETTINGS, SERVICE_CALLERS: `${CALLER},` }, /^SERVICE_CALLERS is not valid/],
  'an audience that is no URL': [
    { ...SETTINGS, SERVICE_AUDIENCE: 'relay' },
    /^SERVICE_AUDIENCE is not valid/,
  ],
};
for (const [what, [settings, fault]] of Object.entries(FAULTS)) {
  test(`the relay ${fault === undefined ? 'starts' : 'does not start'} with ${what}`, () => {
    const read = () => readRelayConfig({ GCP_PROJECT_ID: 'demo-project', ...settings });
    if (fault === undefined) read();
    else
      assert.throws(
        read,
        (error: unknown) => error instanceof ConfigError && error.faults.some((text) => fault.test(text)),
      );
  });
}

test.run();
