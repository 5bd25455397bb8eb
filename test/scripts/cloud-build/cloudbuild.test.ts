import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildSettings, previewSettings } from '../../../scripts/cloud-build/settings.ts';
import { plan } from '../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { functionName } from '../../../scripts/deploy/settings/names.ts';
import { deploySettings } from '../../../scripts/deploy/settings/settings-table.ts';
import { undosOf } from '../../../scripts/operate/teardown/teardown.ts';
import { EVENT_KINDS } from '../../../shared/event.ts';
import { ROOT } from '../../docs/markdown.ts';
import { readBuildFile } from './yaml.ts';

const { steps, substitutions } = readBuildFile(readFileSync(`${ROOT}cloudbuild.yaml`, 'utf8'));
const [check, deploy] = steps;

/** The environment of the last step, as Cloud Build fills it in. */
function environment(given: Record<string, string>): Record<string, string> {
  const values: Record<string, string> = { ...substitutions, PROJECT_ID: 'main-project', ...given };
  return Object.fromEntries(
    (deploy?.env ?? []).map((line) => {
      const [, name = '', variable = ''] = /^(\w+)=\$(\w+)$/.exec(line) ?? [];
      assert.ok(variable in values, `${line} has no substitution`);
      return [name, values[variable] ?? ''];
    }),
  );
}

const settingsOf = (given: Record<string, string>) => readDeploySettings(buildSettings(environment(given)));
const PULL_REQUEST = { _PR_NUMBER: '7', _PREVIEW_PROJECT: 'preview-project' };

test('tests and builds before it deploys, with files that are there', () => {
  assert.equal(
    steps.map(({ id }) => id),
    ['test-and-build', 'deploy'],
  );
  for (const file of [...(check?.args ?? []), ...(deploy?.args ?? [])])
    assert.ok(existsSync(ROOT + file), file);
  assert.is(deploy?.entrypoint, 'node_modules/node/bin/node');
  assert.ok(
    existsSync(`${ROOT}${deploy?.entrypoint}`),
    'the Node of package.json, which the step before left',
  );
  assert.is(check?.name, `node:${process.versions.node.split('.')[0]}-bookworm`);
});

test('every variable that the deploying step sets is one that the scripts read', () => {
  const { relayEnv } = readDeploySettings({ GCP_PROJECT_ID: 'main-project' });
  const known = new Set([
    ...Object.values(deploySettings).map(({ env }) => env),
    ...['BUILD_PROJECT', 'PREVIEW_PROJECT', 'PULL_REQUEST'],
  ]);
  for (const name of Object.keys(environment({}))) {
    if (known.has(name)) continue;
    const probe = { GCP_PROJECT_ID: 'main-project', [name]: 'https://probe.example' };
    const passed = faultOrEnv(() => readDeploySettings(probe).relayEnv);
    assert.ok(typeof passed === 'string' ? passed.includes(name) : name in passed, name);
  }
  assert.ok(relayEnv);
});

/** What the trigger of a contact centre may set, for whichever provider. */
const PROVIDERS = {
  _SALESFORCE_DOMAIN: 'desk.my.salesforce.com',
  _SALESFORCE_ORGANIZATION_ID: '00D5g000004XyZ1EAK',
  _GENESYS_CLOUD_ENVIRONMENT: 'mypurecloud.com',
  _GENESYS_CLOUD_ORGANIZATION_ID: '0b0f6c9e-6a6f-4b8e-9f0b-1f8f8d6d1c11',
  _TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  _TWILIO_FLEX_ENVIRONMENT: 'agent-assist-1234.twil.io',
  _OIDC_ISSUER: 'https://login.example.com',
  _OIDC_AUDIENCE: 'relay',
  _FIVE9_TRUST_TOKEN_NAME: 'five9-trust-token',
};

for (const option of ['Salesforce', 'SalesforceLWC', 'GenesysCloud', 'Twilio', 'OIDC', 'Five9'])
  test(`the substitutions are enough to deploy with ${option}`, () => {
    assert.is(settingsOf({ ...PROVIDERS, _AUTH_OPTION: option }).relayEnv.AUTH_OPTION, option);
  });

test('a push deploys to its own project, under the names of the settings', () => {
  const settings = settingsOf({});
  assert.is(settings.projectId, 'main-project');
  assert.is(settings.jwtSecret, 'aa-integration-jwt-secret');
});

test('a pull request shares no name, secret or account with production', () => {
  const production = settingsOf({});
  const preview = settingsOf(PULL_REQUEST);
  assert.is(preview.projectId, 'preview-project');
  const names = (settings: typeof production) => [
    settings.relayName,
    settings.jwtSecret,
    settings.deadLetterTopic,
    settings.profileName,
    ...settings.topics.values(),
    ...[settings.relayAccount, settings.functionsAccount, settings.invokerAccount].map(({ email }) => email),
  ];
  assert.is(names(preview).length, 7 + EVENT_KINDS.length);
  for (const name of names(preview)) {
    assert.match(name, /(?:-pr7|request 7)/);
    assert.not.ok(names(production).includes(name), name);
  }
  const commands = plan(preview, {}).steps.flatMap(({ tasks }) => tasks.map(({ change }) => change.argv));
  for (const argv of commands) assert.ok(argv.includes('--project=preview-project'), argv.join(' '));
  assert.not.match(JSON.stringify(commands), 'main-project');
});

test('a number of five digits makes valid names with both networks', () => {
  for (const network of ['connector', 'direct']) {
    const env = buildSettings(environment({ ...PULL_REQUEST, _PR_NUMBER: '12345' }));
    const settings = readDeploySettings({ ...env, FUNCTION_NETWORK: network });
    assert.is(settings.relayAccount.id, 'relay-pr12345');
    assert.is(
      functionName(settings, 'new-recognition-result-notification-event'),
      'new-recognition-result-notification-event-pr12345',
    );
  }
  assert.throws(() => settingsOf({ ...PULL_REQUEST, _PR_NUMBER: '123456' }), 'at most five digits');
});

for (const network of ['connector', 'direct'])
  test(`two pull requests change nothing of each other's, with functions by ${network}`, () => {
    const planOf = (number: string) =>
      plan(
        readDeploySettings({
          ...buildSettings(environment({ ...PULL_REQUEST, _PR_NUMBER: number })),
          FUNCTION_NETWORK: network,
        }),
        {},
      );
    const lines = (number: string) => {
      const { steps, lookups } = planOf(number);
      const lookedUp = (text: string): string =>
        text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => lookedUp(lookups[name]?.argv.join(' ') ?? name));
      return steps.flatMap(({ tasks }) => tasks.map(({ change }) => lookedUp(change.argv.join(' '))));
    };
    const common = lines('7').filter((line) => lines('8').includes(line));
    const shared =
      /services enable|services identity create|\.serviceAgent |aa-shared-notes|aa-integration-(?:redis|vpc|build)/;
    for (const line of common) assert.match(line, shared);
    const removals = (number: string) => undosOf(planOf(number));
    const others = new Set(removals('8').map(({ argv }) => argv.join(' ')));
    for (const { title, argv, isShared } of removals('7'))
      assert.is(others.has(argv.join(' ')), isShared === true, title);
  });

test('only what a pull request made is ever taken away by a build', () => {
  assert.is(previewSettings(environment(PULL_REQUEST)).CONNECTOR_SERVICE_NAME, 'relay-pr7');
  assert.throws(() => previewSettings(environment({})), 'PULL_REQUEST is not set');
  const { steps: removal, substitutions: given } = readBuildFile(
    readFileSync(`${ROOT}cloudbuild.teardown.yaml`, 'utf8'),
  );
  const [, last] = removal;
  assert.equal(last?.args, ['scripts/cloud-build/main.ts', '--teardown']);
  assert.is(last?.entrypoint, deploy?.entrypoint);
  assert.is(last?.name, deploy?.name);
  for (const line of last?.env ?? []) {
    assert.ok(deploy?.env.includes(line), line);
    const [, variable = ''] = /=\$(\w+)$/.exec(line) ?? [];
    assert.ok(variable in { ...given, PROJECT_ID: '' }, line);
  }
});

test('nothing is deployed that lets anybody register', () => {
  for (const given of [{}, PULL_REQUEST])
    assert.throws(
      () => buildSettings(environment({ ...given, _AUTH_OPTION: 'Skip' })),
      'AUTH_OPTION is Skip',
    );
  const skipping = { ...environment(PULL_REQUEST), AUTH_SKIP_ON_CLOUD_RUN: 'true' };
  assert.is(buildSettings(skipping).AUTH_SKIP_ON_CLOUD_RUN, undefined);
});

test('a pull request without a project of its own is not deployed', () => {
  for (const preview of ['', 'main-project'])
    assert.throws(() => settingsOf({ _PR_NUMBER: '7', _PREVIEW_PROJECT: preview }), 'PREVIEW_PROJECT is not');
  assert.throws(() => settingsOf({ ...PULL_REQUEST, _PR_NUMBER: '7; rm' }), 'PULL_REQUEST is not a number');
});

function faultOrEnv(read: () => Readonly<Record<string, string>>): string | Readonly<Record<string, string>> {
  try {
    return read();
  } catch (error) {
    return String(error);
  }
}

test.run();
