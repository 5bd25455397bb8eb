import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { banner } from '../../../scripts/deploy/banner.ts';
import { plan } from '../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import {
  SCRAPE_SECONDS,
  SIDECAR_CPUS,
  SIDECAR_MEMORY,
} from '../../../scripts/deploy/steps/metrics-sidecar.ts';
import { summary } from '../../../scripts/deploy/summary.ts';
import type { Reading, Task } from '../../../scripts/gcloud/step.ts';
import { SIDECAR } from '../../../scripts/operate/costs/costs.ts';

type Env = Record<string, string>;

const settingsOf = (env: Env = {}) => readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...env });
const stepsOf = (env: Env = {}) => plan(settingsOf(env), {}).steps;
const said = (value: unknown): Reading => ({ found: true, text: JSON.stringify(value) });

function taskOf(title: string, env: Env = {}): Task {
  const task = stepsOf(env)
    .flatMap(({ tasks }) => tasks)
    .find((each) => each.title === title);
  if (task === undefined) throw new Error(`no task ${title}`);
  return task;
}

/** The arguments of the relay's deployment: those of the service, and those of each container. */
function deployed(env: Env = {}): Record<string, string[]> {
  const groups: Record<string, string[]> = { service: [] };
  let group = 'service';
  for (const argument of taskOf('service ui-connector', env).change.argv) {
    const [, name] = /^--container=(.*)$/.exec(argument) ?? [];
    if (name !== undefined) {
      group = name;
      groups[group] = [];
    } else groups[group]?.push(argument);
  }
  return groups;
}

const hasFlags = (flags: readonly string[] | undefined, ...starts: string[]) => {
  for (const start of starts)
    assert.ok(
      flags?.some((flag) => flag.startsWith(start)),
      start,
    );
};

for (const [source, env] of [
  ['--source=dist/relay', {}],
  ['--image=us-central1-docker.pkg.dev/', { DEPLOY_FROM: 'image' }],
] as const) {
  test(`${source}: the sidecar starts after the relay`, () => {
    const { service, collector, 'ui-connector-1': relay } = deployed(env);
    hasFlags(service, '--project=my-project', '--quiet', '--no-cpu-throttling', '--update-labels=');
    hasFlags(
      relay,
      source,
      '--port=8080',
      '--cpu=1',
      '--memory=1Gi',
      '--startup-probe=',
      '--liveness-probe=',
    );
    hasFlags(relay, '--set-env-vars=', '--set-secrets=REDIS_AUTH=');
    hasFlags(
      collector,
      '--image=us-docker.pkg.dev/cloud-ops-agents-artifacts/',
      '--depends-on=ui-connector-1',
    );
    hasFlags(
      collector,
      '--set-secrets=/etc/rungmp/config.yaml=ui-connector-metrics-config:{{METRICS_CONFIG_VERSION}}',
    );
  });
}

test('relay and configuration name the same port, 9090 or METRICS_PORT of the file', () => {
  for (const [env, port] of [
    [{}, '9090'],
    [{ METRICS_PORT: '9191' }, '9191'],
  ] as const) {
    const { input } = taskOf(`the scrape of port ${port} in ui-connector-metrics-config`, env).change;
    assert.is(input?.from, 'text');
    const text = input?.from === 'text' ? input.text : '';
    for (const line of [
      'apiVersion: monitoring.googleapis.com/v1beta',
      'kind: RunMonitoring',
      `  - port: "${port}"`,
      '    path: /metrics',
    ])
      assert.ok(text.split('\n').includes(line), line);
    assert.match(String(deployed(env)['ui-connector-1']), `METRICS_PORT=${port}~~`);
  }
});

test('the configuration is written again when the secret has another', () => {
  const task = taskOf('the scrape of port 9090 in ui-connector-metrics-config');
  const text = task.change.input?.from === 'text' ? task.change.input.text : '';
  assert.ok(task.isDone([{ found: true, text: `${text}\n` }], String));
  assert.not.ok(task.isDone([{ found: true, text: text.replace('9090', '9191') }], String));
  assert.not.ok(task.isDone([{ found: false }], String));
});

test('MONITORING=off has no step of metrics, and takes the sidecar and its file away', () => {
  const env = { MONITORING: 'off' };
  assert.not.ok(stepsOf(env).some(({ key }) => /metrics/.test(key)));
  const { service, ...containers } = deployed(env);
  assert.equal(containers, {});
  hasFlags(service, '--remove-containers=collector', '--clear-volumes', '--source=dist/relay', '--project=');
  assert.not.match(String(service), 'METRICS_PORT');
  assert.not.match(JSON.stringify(stepsOf(env)), 'monitoring.googleapis.com');
});

test('a missing, different, unconfigured or left-over sidecar is a difference', () => {
  const fill = () => 'digest';
  const differences = (containers: object[], env: Env = {}) =>
    taskOf('service ui-connector', env).differences?.(
      [
        said({
          metadata: { labels: { 'config-digest': 'digest' } },
          status: { conditions: [{ type: 'Ready', status: 'True' }] },
          spec: { template: { spec: { containers } } },
        }),
      ],
      fill,
    );
  const relay = { name: 'ui-connector-1' };
  const image = deployed()
    .collector?.find((flag) => flag.startsWith('--image='))
    ?.slice('--image='.length);
  const sidecar = { name: 'collector', image, volumeMounts: [{ mountPath: '/etc/rungmp' }] };
  assert.equal(differences([relay, sidecar]), []);
  assert.equal(differences([relay]), ['lacks the metrics sidecar']);
  assert.equal(differences([relay, { ...sidecar, image: 'other:1' }]), [
    'has another metrics sidecar than this deployment',
  ]);
  assert.equal(differences([relay, { ...sidecar, volumeMounts: [] }]), [
    'has a metrics sidecar without its configuration',
  ]);
  assert.equal(differences([relay], { MONITORING: 'off' }), []);
  assert.equal(differences([relay, sidecar], { MONITORING: 'off' }), ['still has the metrics sidecar']);
});

test('a teardown takes the secret of the configuration without being asked for data', () => {
  const undo = taskOf('secret ui-connector-metrics-config').undo;
  assert.is(undo?.holdsData, false);
  const labels = { 'made-by': 'agent-assist-relay' };
  assert.is(undo?.owner([said({ labels })], String), 'ours');
  assert.is(undo?.owner([said({})], String), 'theirs');
});

for (const [env, words] of [
  [{ METRICS_PORT: '8080' }, 'METRICS_PORT is 8080, which the relay has on Cloud Run'],
  [{ METRICS_PORT: '13133' }, 'METRICS_PORT is 13133, which the metrics sidecar has on Cloud Run'],
  [{ RELAY_CPU: '8', RELAY_MEMORY: '8Gi' }, 'RELAY_CPU is 8, which leaves nothing'],
  [{ MONITORING: 'yes' }, 'MONITORING is not valid: set it to on'],
] as const) {
  test(`${JSON.stringify(env)} is refused`, () => {
    assert.throws(
      () => settingsOf(env),
      ({ message }: Error) => message.includes(words),
    );
  });
}

test('the bill has the sizes of the sidecar that is deployed', () => {
  assert.equal(
    [SIDECAR.cpus, `${SIDECAR.gib * 1024}Mi`, SIDECAR.scrapeSeconds],
    [SIDECAR_CPUS, SIDECAR_MEMORY, SCRAPE_SECONDS],
  );
  const cost = (env: Env) =>
    Number(/about (\d+) USD/.exec(summary(settingsOf(env), { relayUrl: '', profile: '' }, []))?.[1]);
  assert.ok(cost({}) > cost({ MONITORING: 'off' }));
});

test('banner and summary say where the metrics go', () => {
  const shown = (env: Env) => [
    banner(settingsOf(env), { env, file: '.env', hasFile: true, inFile: env }),
    summary(settingsOf(env), { relayUrl: '', profile: '' }, []),
  ];
  const [on = '', end = ''] = shown({});
  assert.match(on, /metrics +to Cloud Monitoring/);
  assert.match(end, 'https://console.cloud.google.com/monitoring/metrics-explorer?project=my-project');
  const [off = '', without = ''] = shown({ MONITORING: 'off' });
  assert.match(off, /metrics +to nowhere/);
  assert.not.match(without, 'metrics-explorer');
});

test.run();
