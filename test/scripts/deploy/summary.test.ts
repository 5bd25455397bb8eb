import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { summary } from '../../../scripts/deploy/summary.ts';
import { bill, costOf, OFFICE } from '../../../scripts/operate/costs/costs.ts';
import { listPrices } from '../../../scripts/operate/costs/idle-cost.ts';

const RELAY = 'https://ui-connector-1.us-central1.run.app';
const PROFILE = 'projects/demo-proj/locations/global/conversationProfiles/p1';

function said(env: Record<string, string> = {}, drifts: string[] = []): string {
  const settings = readDeploySettings({ GCP_PROJECT_ID: 'demo-proj', ...env });
  return summary(settings, { relayUrl: RELAY, profile: PROFILE }, drifts);
}

test('the end of a deployment names relay, profile, next commands and token', () => {
  const text = said();
  for (const part of [RELAY, PROFILE, 'npm run doctor', 'docs/desktops.md']) assert.match(text, part);
  assert.match(
    text,
    'gcloud secrets versions access latest --secret=aa-integration-admin-token --project=demo-proj --quiet',
  );
  assert.not.match(said({ ADMIN_TOKEN_NAME: 'none' }), 'secrets versions access');
});

test('the cost is that of an idle month in the table of costs, and grows with sizes', () => {
  const idle = bill({ ...OFFICE, agents: 0 }).reduce(
    (sum, line) => sum + (costOf(line, listPrices()) ?? 0),
    0,
  );
  assert.match(said(), `about ${Math.round(idle)} USD a month while nobody calls`);
  const costOfText = (text: string) => Number(/about (\d+) USD/.exec(text)?.[1]);
  assert.ok(costOfText(said({ RELAY_MIN_INSTANCES: '3' })) > idle + 100);
  assert.ok(costOfText(said({ REDIS_HOST: '10.0.0.3', REDIS_SECURITY: 'plain' })) < idle - 100);
});

test('what keeps agents out, and what was not changed, is warned of', () => {
  const warnings = said({}, ['Redis instance r is of tier BASIC']).match(/^warning: .*/gm) ?? [];
  assert.match(warnings.join('\n'), 'AUTH_OPTION is not set, so no agent can register');
  assert.match(warnings.join('\n'), 'warning: Redis instance r is of tier BASIC');
  const quiet = { AUTH_OPTION: 'Salesforce', SALESFORCE_DOMAIN: 'acme.my.salesforce.com' };
  const all = {
    ...quiet,
    SALESFORCE_ORGANIZATION_ID: '00D000000000001',
    CORS_ALLOWED_ORIGINS: 'https://a.example',
  };
  assert.not.match(said(all), 'warning:');
});

test('alerts without metrics, and traces without a receiver, are warned of', () => {
  const channels = { NOTIFICATION_CHANNELS: 'projects/demo-proj/notificationChannels/1' };
  assert.match(
    said({ ...channels, MONITORING: 'off' }),
    'warning: MONITORING is off, so only the two alerts',
  );
  for (const env of [channels, { MONITORING: 'off' }]) assert.not.match(said(env), 'warning: MONITORING');
  assert.match(said({ TRACES: 'otlp' }), 'warning: TRACES is otlp without OTEL_EXPORTER_OTLP_ENDPOINT');
  const receiver = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://telemetry.googleapis.com' };
  for (const env of [{ TRACES: 'otlp', ...receiver }, {}]) assert.not.match(said(env), 'warning: TRACES');
});

test.run();
