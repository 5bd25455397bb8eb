// What a deployment says at its end: where the relay is, what is not set, what to do next and what it costs.
import { createCommands } from '../gcloud/commands.ts';
import { TaskError } from '../gcloud/failure.ts';
import { withProject } from '../gcloud/project.ts';
import { shellLine } from '../gcloud/shell.ts';
import { type Argv, at, json, type Plan } from '../gcloud/step.ts';
import type { Tools } from '../gcloud/tools.ts';
import { idleCost, listPrices } from '../operate/costs/idle-cost.ts';
import { type DeploySettings, usesOwnCluster, usesOwnRedis } from './settings/deploy-settings.ts';
import { showProfile } from './steps/profile.ts';

/** What only the project knows; undefined where it cannot be read. */
export interface Found {
  relayUrl: string | undefined;
  /** `projects/P/locations/L/conversationProfiles/ID` */
  profile: string | undefined;
}

/** Looks both up; a deployment that is done does not fail for want of a line at its end. */
export async function lookUpSummary(settings: DeploySettings, plan: Plan, tools: Tools): Promise<Found> {
  const { relayName, region, profileId } = settings;
  const print = async (argv: Argv) => {
    try {
      return (
        (await createCommands(plan, tools).persist(withProject(argv, settings))).stdout.trim() || undefined
      );
    } catch (error) {
      if (error instanceof TaskError) return undefined;
      throw error;
    }
  };
  const [relayUrl, shown] = await Promise.all([
    print([
      ...['gcloud', 'run', 'services', 'describe', relayName],
      `--region=${region}`,
      '--format=value(status.url)',
    ]),
    profileId === 'none' ? undefined : print(showProfile(settings)),
  ]);
  const profile = shown === undefined ? undefined : at(json({ found: true, text: shown }), 'name');
  return { relayUrl, profile: typeof profile === 'string' ? profile : undefined };
}

/** @param drifts What differs from the settings and stays so. */
export function summary(settings: DeploySettings, found: Found, drifts: readonly string[]): string {
  const { relayName, region, projectId, adminTokenSecret, monitoring } = settings;
  const url = found.relayUrl ?? 'see the Cloud Run console';
  const token = shellLine(
    withProject(
      ['gcloud', 'secrets', 'versions', 'access', 'latest', `--secret=${adminTokenSecret}`],
      settings,
    ),
  );
  return [
    ...[...warnings(settings), ...drifts].map((warning) => `warning: ${warning}`),
    '',
    `relay        ${url}`,
    ...(found.profile === undefined ? [] : [`profile      ${found.profile}`]),
    `cost         ${costText(settings)}`,
    'next         npm run doctor sends an event of each kind the whole way to a desktop',
    `             point a desktop at ${found.relayUrl ?? 'the relay'}: docs/desktops.md`,
    ...(found.profile === undefined
      ? []
      : [
          '             use the profile for conversations, and choose its features in the Agent Assist console',
        ]),
    ...(adminTokenSecret === 'none'
      ? []
      : [`             the admin token, for docs/operations.md: ${token}`]),
    ...(monitoring === 'on'
      ? [`metrics      https://console.cloud.google.com/monitoring/metrics-explorer?project=${projectId}`]
      : []),
    `logs         ${shellLine(['gcloud', 'run', 'services', 'logs', 'read', relayName, `--region=${region}`, `--project=${projectId}`])}`,
  ].join('\n');
}

function costText(settings: DeploySettings): string {
  const file = listPrices();
  const own = usesOwnRedis(settings);
  const isCluster = usesOwnCluster(settings);
  const hasSidecar = settings.monitoring === 'on';
  const redisSecrets = own && settings.redisSecurity === 'tls-auth' ? (isCluster ? 1 : 2) : 0;
  const gib = (memory: string) => Number.parseInt(memory, 10) / (memory.endsWith('Gi') ? 1 : 1024);
  const cost = idleCost(
    {
      relays: settings.relayMin,
      relayCpus: settings.relayCpu,
      relayGib: gib(settings.relayMemory),
      functions: settings.functionMin * settings.topics.size,
      functionCpus: settings.functionCpu,
      functionGib: gib(settings.functionMemory),
      redisGib: own && !isCluster ? settings.redisSizeGb : undefined,
      hasConnector: settings.functionNetwork === 'connector',
      hasSidecar,
      secretVersions: 2 + (hasSidecar ? 1 : 0) + redisSecrets,
    },
    file,
  );
  const place = settings.region === file.region ? '' : ` at the prices of ${file.region}`;
  const nodes = settings.redisShards * (1 + settings.redisReplicas);
  const cluster = isCluster ? `, and ${nodes} nodes of ${settings.redisNodeType}` : '';
  return `about ${cost} ${file.currency} a month while nobody calls${place}${cluster}; npm run costs says what calls add`;
}

function warnings({ relayEnv, monitoring, notificationChannels }: DeploySettings): string[] {
  return [
    ...(relayEnv.AUTH_OPTION === undefined
      ? ['AUTH_OPTION is not set, so no agent can register: docs/configuration.md says what to set']
      : []),
    ...(relayEnv.AUTH_OPTION === 'Skip'
      ? ['AUTH_OPTION is Skip, so anybody gets a token and reads conversations']
      : []),
    ...(relayEnv.CORS_ALLOWED_ORIGINS === undefined || relayEnv.CORS_ALLOWED_ORIGINS === '*'
      ? ['CORS_ALLOWED_ORIGINS is not set, see docs/configuration.md: it names the origins of the desktops']
      : []),
    ...(monitoring === 'off' && notificationChannels.length > 0
      ? [
          'MONITORING is off, so only the two alerts on Pub/Sub can fire: docs/metrics.md says what the others need',
        ]
      : []),
    ...(relayEnv.TRACES === 'otlp' && relayEnv.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
      ? [
          'TRACES is otlp without OTEL_EXPORTER_OTLP_ENDPOINT, so traces go to localhost, where the functions have no receiver: ' +
            'docs/traces.md says what to set',
        ]
      : []),
  ];
}
