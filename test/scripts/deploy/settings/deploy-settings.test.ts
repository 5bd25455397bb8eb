import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { relaySettings } from '../../../../relay/config.ts';
import { readEnvFile } from '../../../../scripts/cli/env-file.ts';
import { readDeploySettings } from '../../../../scripts/deploy/settings/deploy-settings.ts';
import { deploySettings } from '../../../../scripts/deploy/settings/settings-table.ts';
import { UNUSED_VARIABLES } from '../../../../scripts/deploy/unused-variables.ts';
import { ConfigError } from '../../../../shared/errors.ts';

const PROJECT = { GCP_PROJECT_ID: 'my-project' };

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readDeploySettings({ ...PROJECT, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test('the project is all that must be set', () => {
  const settings = readDeploySettings(PROJECT);
  assert.is(settings.topics.size, 4);
  assert.is(settings.relayAccount.email, 'ui-connector@my-project.iam.gserviceaccount.com');
  assert.match(faultsOf({ GCP_PROJECT_ID: '' }).join(), 'GCP_PROJECT_ID is not set');
});

test('a variable of the environment wins over the file, and an empty one does not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'env-'));
  try {
    const file = join(folder, '.env');
    writeFileSync(file, "A='from the file' # remark\nexport B=file\nC=file\n");
    const env = readEnvFile(file, { B: 'process', C: '' });
    assert.equal(env, { A: 'from the file', B: 'process', C: 'file' });
    assert.equal(readEnvFile(join(folder, 'none'), { X: '1' }), { X: '1' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every value that gcloud takes and Google refuses is named, all at once', () => {
  const faults = faultsOf({
    RELAY_TIMEOUT_SECONDS: '3601',
    RELAY_CONCURRENCY: '1001',
    RELAY_MIN_INSTANCES: '30',
    RELAY_MEMORY: '8Gi',
    FUNCTION_TIMEOUT_SECONDS: '541',
    FUNCTION_MIN_INSTANCES: '5',
    FUNCTION_MAX_INSTANCES: '2',
    FUNCTION_CPU: '4',
    FUNCTION_CONCURRENCY: '2000',
  });
  const names = faults.map((fault) => fault.split(' ')[0]).sort();
  assert.equal(names, [
    'FUNCTION_CONCURRENCY',
    'FUNCTION_MEMORY',
    'FUNCTION_MIN_INSTANCES',
    'FUNCTION_TIMEOUT_SECONDS',
    'RELAY_CONCURRENCY',
    'RELAY_MEMORY',
    'RELAY_MIN_INSTANCES',
    'RELAY_TIMEOUT_SECONDS',
  ]);
});

test('a token never goes through the settings, and the name of its secret does', () => {
  assert.match(faultsOf({ AUTHORIZER_TOKEN: 'hush' }).join(), 'AUTHORIZER_TOKEN_SECRET');
  assert.not.match(faultsOf({ AUTHORIZER_TOKEN: 'hush' }).join(), 'hush');
  assert.equal(faultsOf({ AUTHORIZER_TOKEN_SECRET: 'webhook-token' }), []);
  const faults = faultsOf({ AUTH_OPTION: 'Five9', FIVE9_TRUST_TOKEN: 'hush'.repeat(10) }).join();
  assert.match(faults, 'FIVE9_TRUST_TOKEN would be seen on a command line');
  assert.not.match(faults, 'hush');
  assert.equal(faultsOf({ AUTH_OPTION: 'Five9', FIVE9_TRUST_TOKEN_NAME: 'five9-trust-token' }), []);
});

test('what would keep the relay from starting is refused before anything is deployed', () => {
  assert.match(faultsOf({ AUTH_OPTION: 'Salesforce' }).join(), 'SALESFORCE_ORGANIZATION_ID');
  assert.match(faultsOf({ HISTORY_SIZE: '-1' }).join(), 'HISTORY_SIZE');
  assert.match(faultsOf({ EVENT_MAX_BYTES: '1' }).join(), 'EVENT_MAX_BYTES');
});

test('what the relay is told passes through, and what is empty does not', () => {
  const { relayEnv, functionEnv } = readDeploySettings({
    ...PROJECT,
    REPLAY_ON_JOIN: 'all',
    SOCKET_IO_OFFSETS: 'off',
    AUTH_OPTION: '',
    REDISHOST: '10.9.9.9',
    EVENT_MAX_BYTES: '2048',
  });
  assert.equal(relayEnv, {
    GCP_PROJECT_ID: 'my-project',
    REPLAY_ON_JOIN: 'all',
    SOCKET_IO_OFFSETS: 'off',
    REDIS_SECURITY: 'tls-auth',
  });
  assert.equal(functionEnv, {
    GCP_PROJECT_ID: 'my-project',
    EVENT_MAX_BYTES: '2048',
    REDIS_SECURITY: 'tls-auth',
  });
});

test('the settings of traces pass through to the relay and to the functions', () => {
  const traces = {
    TRACES: 'otlp',
    TRACES_SAMPLE_RATIO: '0.05',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://telemetry.googleapis.com',
  };
  const { relayEnv, functionEnv } = readDeploySettings({ ...PROJECT, ...traces });
  for (const [name, value] of Object.entries(traces))
    assert.equal([relayEnv[name], functionEnv[name]], [value, value], name);
  assert.match(faultsOf({ TRACES_SAMPLE_RATIO: '2' }).join(), 'TRACES_SAMPLE_RATIO is not valid');
});

test('a topic that is set to none is not deployed, and not all four can be', () => {
  const none = {
    AGENT_ASSIST_NOTIFICATIONS_TOPIC_ID: 'none',
    NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'none',
    CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: 'none',
  };
  const { topics } = readDeploySettings({ ...PROJECT, ...none });
  assert.equal([...topics.values()], ['aa-intermediate-transcript-topic']);
  assert.match(
    faultsOf({ ...none, NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none' }).join(),
    'no topic is left',
  );
});

test('a service account that is given by its address is taken as it is', () => {
  const address = 'mine@other.iam.gserviceaccount.com';
  assert.equal(readDeploySettings({ ...PROJECT, CONNECTOR_SERVICE_ACCOUNT: address }).relayAccount, {
    email: address,
  });
});

/** Of the reference's settings file and of Google's tutorial. */
const KNOWN_NAMES = [
  ...['GCP_PROJECT_ID', 'ADMIN_ACCOUNT', 'SERVICE_REGION', 'AUTH_OPTION', 'APP_AUTH_OPTION', 'BACKEND_DIR'],
  ...['CONNECTOR_SERVICE_NAME', 'CONNECTOR_IMAGE_NAME', 'INTERCEPTOR_SERVICE_NAME', 'INTERCEPTOR_IMAGE_NAME'],
  ...['CONNECTOR_SERVICE_ACCOUNT', 'CONNECTOR_SERVICE_ACCOUNT_ID', 'CONNECTOR_SERVICE_ACCOUNT_NAME'],
  ...['INTERCEPTOR_SERVICE_ACCOUNT', 'INTERCEPTOR_SERVICE_ACCOUNT_ID', 'INTERCEPTOR_SERVICE_ACCOUNT_NAME'],
  ...['INTERCEPTOR_SERVICE_URL', 'CLOUD_RUN_PUBSUB_INVOKER_NAME', 'JWT_SECRET_NAME', 'JWT_SECRET_KEY'],
  ...['SALESFORCE_DOMAIN', 'SALESFORCE_ORGANIZATION_ID', 'TWILIO_ACCOUNT_SID', 'TWILIO_FLEX_ENVIRONMENT'],
  ...['GENESYS_CLOUD_ENVIRONMENT', 'VPC_CONNECTOR_NAME', 'VPC_NETWORK', 'VPC_SUBNET', 'REDIS_IP_RANGE'],
  ...['REDIS_INSTANCE_ID', 'REDIS_HOST', 'REDIS_PORT', 'TOPIC_ID', 'SUBSCRIPTION_NAME', 'LOGGING_FILE'],
  ...['AGENT_ASSIST_NOTIFICATIONS_TOPIC_ID', 'NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID'],
  ...['CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID', 'NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID'],
];

test('every variable of the reference is read, or reported to have no use', () => {
  const read = [...Object.values(deploySettings), ...Object.values(relaySettings)].map(({ env }) => env);
  const known = new Set([...read, ...Object.keys(UNUSED_VARIABLES)]);
  assert.equal(
    KNOWN_NAMES.filter((name) => !known.has(name)),
    [],
  );
});

test.run();
