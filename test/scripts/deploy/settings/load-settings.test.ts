// Typing errors of an administrator, and what is said of each.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type GivenSettings, originOf } from '../../../../scripts/cli/env-file.ts';
import { nearest } from '../../../../scripts/cli/nearest.ts';
import { loadSettings, settingsOf, unknownNotes } from '../../../../scripts/deploy/settings/load-settings.ts';
import { ineffectiveNotes } from '../../../../scripts/deploy/unused-variables.ts';
import { ConfigError } from '../../../../shared/errors.ts';
import { ROOT } from '../../../docs/markdown.ts';

function given(inFile: Record<string, string>, more: Partial<GivenSettings> = {}): GivenSettings {
  return { env: { GCP_PROJECT_ID: 'demo-proj', ...inFile }, file: '.env', hasFile: true, inFile, ...more };
}

function faultsOf(settings: GivenSettings): readonly string[] {
  try {
    settingsOf(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

for (const [line, answer] of [
  ['GCP_PROJECT_ID=My-Project', 'the id of a project has no capital letters'],
  ['GCP_PROJECT_ID=123456789012', 'that is a number, and perhaps the number of the project'],
  ['GCP_PROJECT_ID=my_project', 'the id of a project has 6 to 30 lower-case letters'],
  ['GCP_PROJECT_ID=demo', 'the id of a project has 6 to 30 lower-case letters'],
  ['SERVICE_REGION=us-central-1', 'the nearest region is us-central1'],
  ['SERVICE_REGION=us-central1-a', 'that is a zone of us-central1'],
  ['SERVICE_REGION=global', 'Cloud Run and Redis need a region, and global is not one'],
  ['SERVICE_REGION=us-centrall1', 'the nearest region is us-central1'],
  ['SERVICE_REGION=europe-wset3', 'the nearest region is europe-west3'],
  ['REGION=europe-west1', 'REGION in .env is not a setting: did you mean SERVICE_REGION?'],
  ['GOOGLE_CLOUD_PROJECT=x', 'GOOGLE_CLOUD_PROJECT in .env is not a setting: did you mean GCP_PROJECT_ID?'],
  [
    'BUILD_SERVICE_ACCOUNT=b@demo-proj.iam.gserviceaccont.com',
    'the address ends in .iam.gserviceaccount.com',
  ],
  ['BUILD_SERVICE_ACCOUNT=me@example.com', 'that is not the address of a service account'],
  ['BUILD_SERVICE_ACCOUNT=builder', 'it is the whole address, with an @'],
  [
    'BUILD_SERVICE_ACCOUNT=b@other.iam.gserviceaccount.com',
    'is an account of project other: set it to one of demo-proj',
  ],
  ['CONNECTOR_SERVICE_ACCOUNT=serviceAccount:a@p.iam.gserviceaccount.com', 'it is the address alone'],
  ['SERVICE_REGION=Europe-West1', 'the nearest region is europe-west1'],
  ['NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID=goog-topic', 'Pub/Sub takes no name that begins with goog'],
  ['NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID=projects/p/topics/t', 'it is the id alone'],
  ['AUTH_OPTIN=Skip', 'AUTH_OPTIN in .env is not a setting: did you mean AUTH_OPTION?'],
  ['REDIS_SIZE=10', 'REDIS_SIZE in .env is not a setting: did you mean REDIS_SIZE_GB?'],
  ['redis-host=10.0.0.3', 'redis-host in .env is not a setting: did you mean REDIS_HOST?'],
  [
    'CORS_ALOWED_ORIGINS=*',
    'CORS_ALOWED_ORIGINS in .env is not a setting: did you mean CORS_ALLOWED_ORIGINS?',
  ],
] as const) {
  test(`${line.slice(0, 45)}: ${answer.slice(0, 30)}`, () => {
    const [name = '', value = ''] = line.split('=');
    const faults = faultsOf(given({ [name]: value }));
    assert.is(faults.length, 1, faults.join('\n'));
    assert.match(faults[0] ?? '', answer);
  });
}

test('regions and accounts that are rare, or newer than this version, are taken', () => {
  for (const [name, value] of [
    ['SERVICE_REGION', 'us-west9'],
    ['SERVICE_REGION', 'europe-northwest1'],
    ['SERVICE_REGION', 'northamerica-south1'],
    ['CONNECTOR_SERVICE_ACCOUNT', '123-compute@developer.gserviceaccount.com'],
    ['CONNECTOR_SERVICE_ACCOUNT', 'demo-proj@appspot.gserviceaccount.com'],
    ['BUILD_SERVICE_ACCOUNT', '123-compute@developer.gserviceaccount.com'],
  ] as const)
    assert.equal(faultsOf(given({ [name]: value })), [], value);
  const scoped = { GCP_PROJECT_ID: 'example.com:demo-proj' };
  const own = 'b@demo-proj.example.com.iam.gserviceaccount.com';
  assert.equal(faultsOf(given({ ...scoped, BUILD_SERVICE_ACCOUNT: own })), []);
});

test('a line that sets nothing stops a command', () => {
  const settings = given({}, { lineFaults: ['line 3 of .env is not a setting'] });
  assert.equal(faultsOf(settings), ['line 3 of .env is not a setting']);
});

test('settings that others make void are noted, with the reason', () => {
  assert.equal(
    ineffectiveNotes({
      REDIS_HOST: '10.0.0.3',
      REDIS_SIZE_GB: '10',
      RELAY_IMAGE: 'x',
      IMAGE_REPOSITORY: 'images',
      CONVERSATION_PROFILE_ID: 'none',
      CONVERSATION_PROFILE_NAME: 'Mine',
      BUILD_SERVICE_ACCOUNT: 'a',
      BUILD_SERVICE_ACCOUNT_NAME: 'b',
    }),
    [
      'REDIS_SIZE_GB has no effect: REDIS_HOST names a Redis that exists',
      'IMAGE_REPOSITORY has no effect: DEPLOY_FROM is not image',
      'CONVERSATION_PROFILE_NAME has no effect: CONVERSATION_PROFILE_ID is set, and wins',
      'BUILD_SERVICE_ACCOUNT_NAME has no effect: BUILD_SERVICE_ACCOUNT is set, and wins',
    ],
  );
  assert.equal(ineffectiveNotes({ REDIS_SIZE_GB: '10', CONVERSATION_PROFILE_NAME: 'Mine' }), []);
});

test('whatever is wrong is said at once, of all kinds', () => {
  const names = faultsOf(
    given({
      GCP_PROJECT_ID: 'My',
      AUTH_OPTIN: 'Skip',
      RELAY_CPU: '3',
      RELAY_CONCURRENCY: '2000',
      FUNCTION_TIMEOUT_SECONDS: '900',
      CONNECTOR_SERVICE_NAME: 'a'.repeat(60),
      HISTORY_SIZE: 'many',
    }),
  ).map((fault) => fault.split(' ')[0]);
  assert.equal(names.sort(), [
    ...['AUTH_OPTIN', 'CONNECTOR_SERVICE_NAME', 'FUNCTION_TIMEOUT_SECONDS', 'GCP_PROJECT_ID'],
    ...['HISTORY_SIZE', 'RELAY_CONCURRENCY', 'RELAY_CPU'],
  ]);
});

test('the names of .env.sample are known, with those that are commented out', () => {
  const names = readFileSync(join(ROOT, '.env.sample'), 'utf8').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm);
  const inFile = Object.fromEntries([...names].map(([, name = '']) => [name, '']));
  assert.ok(Object.keys(inFile).length > 50);
  assert.equal([...unknownNotes(given(inFile)), ...faultsOf(given(inFile, { env: {} }))].slice(1), []);
});

test('a variable that resembles no setting is noted, and one of the environment is not', () => {
  const settings = given({ MY_OWN_NOTE: '1' });
  assert.equal(faultsOf(settings), []);
  assert.equal(unknownNotes(settings), ['MY_OWN_NOTE in .env is not a setting, and nothing reads it']);
  assert.equal(faultsOf(given({}, { env: { GCP_PROJECT_ID: 'demo-proj', AUTH_OPTIN: 'x' } })), []);
});

test('without a settings file, what makes one is said', () => {
  const faults = faultsOf(given({}, { env: {}, hasFile: false }));
  assert.match(faults.join('\n'), 'there is no .env: run cp .env.sample .env, and fill in the project');
});

test('a byte order mark does not hide the first variable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  try {
    const file = join(folder, 'bom.env');
    writeFileSync(file, '\uFEFFGCP_PROJECT_ID=demo-proj\n');
    assert.is(loadSettings(file).settings.projectId, 'demo-proj');
    assert.throws(() => loadSettings(folder), /^--settings: .* is a folder$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('where a value comes from is told, and which value it wins over', () => {
  const inFile = { A: '1', B: '2', C: '' };
  const settings = given(inFile, { env: { A: '1', B: '3', C: '4' } });
  assert.equal(
    ['A', 'B', 'C', 'D'].map((name) => originOf(name, settings)),
    [
      'A in .env',
      'B in the environment, which takes precedence over 2 in .env',
      'C in the environment',
      undefined,
    ],
  );
});

test('the nearest name is found for wrong letters, and none for another word', () => {
  const known = ['AUTH_OPTION', 'REDIS_HOST', 'REDIS_PORT'];
  assert.equal(
    ['AUTH_OPTOIN', 'AUHT_OPTIN', 'REDIS_HOTS', 'SOMETHING_ELSE', 'A'].map((name) => nearest(name, known)),
    ['AUTH_OPTION', 'AUTH_OPTION', 'REDIS_HOST', undefined, undefined],
  );
});

test.run();
