// The sidecar of Managed Service for Prometheus: a container beside the relay in each of its instances. It scrapes METRICS_PORT
// and writes to Cloud Monitoring. Source: Cloud Run, "Write Prometheus metrics by using the Prometheus sidecar".
import { at, type Lookup, type Step } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { revocableBinding } from './ownership.ts';
import { binding } from './predicates.ts';
import { projectGrantPermissions } from './project.ts';
import { access, addVersion, newestVersion, secretPermissions, secretTask } from './secrets.ts';

/** Google's name for it in its own samples. */
const SIDECAR = 'collector';
/** The version that the page of Cloud Run names; the sidecar comes from github.com/GoogleCloudPlatform/run-gmp-sidecar. */
const IMAGE =
  'us-docker.pkg.dev/cloud-ops-agents-artifacts/cloud-run-gmp-sidecar/cloud-run-gmp-sidecar:1.2.0';
/** Where the sidecar looks for its configuration. Source: its entrypoint.go, `userConfigFile`. */
const MOUNT = '/etc/rungmp';
const CONFIG_LOOKUP = 'METRICS_CONFIG_VERSION';
/** Cloud Run's default, which the relay is given as PORT. */
const INGRESS_PORT = 8080;

/**
 * What one sidecar may take. A part of a CPU is enough for a scrape of some hundred series every 30 s, and Cloud Run's limits
 * are for the sum of the containers. So much memory is Cloud Run's default; an instance with a container that exceeds its
 * own ends, and the desktops with it.
 */
export const SIDECAR_CPUS = 0.1;
export const SIDECAR_MEMORY = '512Mi';
export const SCRAPE_SECONDS = 30;

/** The port of the metrics, where the settings name none. */
const METRICS_PORT = 9090;

/** The secret with the sidecar's configuration. It names a port, and is no secret: Cloud Run mounts files from nowhere else. */
export function configSecret({ relayName }: Pick<DeploySettings, 'relayName'>): string {
  return `${relayName}-metrics-config`;
}

function metricsPort({ relayEnv }: Pick<DeploySettings, 'relayEnv'>): string {
  return relayEnv.METRICS_PORT ?? String(METRICS_PORT);
}

/**
 * The sidecar's configuration. Without one it scrapes the relay's PORT, where there are no metrics. It refuses a field that it
 * does not know, and then no instance starts. Source: its confgenerator/config.go.
 */
export function runMonitoring(settings: Pick<DeploySettings, 'relayEnv'>): string {
  return [
    'apiVersion: monitoring.googleapis.com/v1beta',
    'kind: RunMonitoring',
    'metadata:',
    '  name: agent-assist-relay',
    'spec:',
    '  endpoints:',
    `  - port: "${metricsPort(settings)}"`,
    '    path: /metrics',
    `    interval: ${SCRAPE_SECONDS}s`,
    '  targetLabels:',
    '    metadata: [instance, service, revision]',
  ].join('\n');
}

/** The secret, and the rights of the relay's account, which is the sidecar's, too. */
export function metricsConfigStep(settings: DeploySettings): Step {
  const { relayAccount, projectId } = settings;
  const secret = configSecret(settings);
  const text = runMonitoring(settings);
  return {
    key: 'metrics-config',
    title: 'Write the configuration of the metrics sidecar',
    needs: ['apis', 'accounts'],
    permissions: [...secretPermissions, 'secretmanager.versions.access', ...projectGrantPermissions],
    tasks: [
      // Google's guide names roles/logging.logWriter, too. The sidecar has no exporter for logs: Cloud Run collects what it
      // prints. Source: its confgenerator/confgenerator.go.
      revocableBinding({
        title: 'writing metrics for the relay',
        resource: ['projects'],
        target: [projectId],
        account: relayAccount,
        role: 'roles/monitoring.metricWriter',
        isProject: true,
        permissions: projectGrantPermissions,
      }),
      secretTask(settings, secret, { holdsData: false }),
      {
        title: `the scrape of port ${metricsPort(settings)} in ${secret}`,
        reads: [['gcloud', 'secrets', 'versions', 'access', 'latest', `--secret=${secret}`]],
        isDone: ([latest]) => latest?.found === true && latest.text.trim() === text,
        change: addVersion(secret, { from: 'text', text }),
      },
      binding(access(secret, 'the relay', relayAccount)),
    ],
  };
}

export function metricsLookups(settings: DeploySettings): Record<string, Lookup> {
  return settings.monitoring === 'on'
    ? { [CONFIG_LOOKUP]: { argv: newestVersion(configSecret(settings)) } }
    : {};
}

export function metricsEnv(settings: DeploySettings): Record<string, string> {
  return settings.monitoring === 'on' ? { METRICS_PORT: metricsPort(settings) } : {};
}

/**
 * The flags of the containers, which gcloud wants after all others.
 *
 * @param relay Those of the relay's container.
 */
export function containerFlags(settings: DeploySettings, relay: readonly string[]): string[] {
  // Without a name gcloud means the container that takes the requests, whatever it is called. Clearing the volumes takes the
  // one of the configuration away, which outlives its container.
  if (settings.monitoring === 'off') return [`--remove-containers=${SIDECAR}`, '--clear-volumes', ...relay];
  const name = ingressContainer(settings);
  return [
    `--container=${name}`,
    ...relay,
    `--port=${INGRESS_PORT}`,
    `--container=${SIDECAR}`,
    `--image=${IMAGE}`,
    `--cpu=${SIDECAR_CPUS}`,
    `--memory=${SIDECAR_MEMORY}`,
    `--depends-on=${name}`,
    `--set-secrets=${MOUNT}/config.yaml=${configSecret(settings)}:{{${CONFIG_LOOKUP}}}`,
  ];
}

/** Cloud Run's own name for a container that was deployed without one, so that a service from before keeps it. */
function ingressContainer({ relayName }: DeploySettings): string {
  return `${relayName}-1`;
}

/** How the containers of the service differ from those that the settings ask for. */
export function containerDifferences(service: unknown, { monitoring }: DeploySettings): string[] {
  const containers = at(service, 'spec', 'template', 'spec', 'containers');
  const sidecar = Array.isArray(containers)
    ? containers.find((each: unknown) => at(each, 'name') === SIDECAR)
    : undefined;
  if (monitoring === 'off') return sidecar === undefined ? [] : ['still has the metrics sidecar'];
  if (sidecar === undefined) return ['lacks the metrics sidecar'];
  const mounts = at(sidecar, 'volumeMounts');
  const isConfigured =
    Array.isArray(mounts) && mounts.some((mount: unknown) => at(mount, 'mountPath') === MOUNT);
  return [
    ...(at(sidecar, 'image') === IMAGE ? [] : ['has another metrics sidecar than this deployment']),
    ...(isConfigured ? [] : ['has a metrics sidecar without its configuration']),
  ];
}
