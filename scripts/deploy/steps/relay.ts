import type { DeploySettings } from '../settings.ts';
import { at, json, type Reading, type Step, type Task, type Undo } from '../step.ts';
import {
  deployPermissions,
  digestDifferences,
  digestFlag,
  envFlag,
  hasAnyDigest,
  redisAddress,
  redisNeeds,
  type SourceDigests,
  secretsFlag,
  sourcePermissions,
} from './deploy-flags.ts';
import { accessor } from './secrets.ts';

export function relayStep(settings: DeploySettings, digests: SourceDigests): Step {
  const { relayName, region, redisHost } = settings;
  const isPublic = settings.relayInvocation === 'allow-unauthenticated';
  return {
    key: 'relay',
    title: 'Deploy the relay',
    needs: ['accounts', 'jwt-secret', ...redisNeeds(settings)],
    permissions: [
      ...deployPermissions,
      ...sourcePermissions,
      'compute.subnetworks.use',
      ...(namedSecrets(settings).length === 0
        ? []
        : ['secretmanager.secrets.getIamPolicy', 'secretmanager.secrets.setIamPolicy']),
    ],
    tasks: [
      ...namedSecrets(settings).map((secret) => accessor(secret, 'the relay', settings.relayAccount.email)),
      runServiceTask({
        title: `service ${relayName}${redisHost === undefined ? '' : ` with Redis at ${redisHost}`}`,
        name: relayName,
        region,
        sourceDigest: digests['dist/relay'] ?? '',
        flags: [
          '--source=dist/relay',
          `--region=${region}`,
          `--service-account=${settings.relayAccount.email}`,
          isPublic ? '--allow-unauthenticated' : '--no-invoker-iam-check',
          '--ingress=all',
          '--session-affinity',
          `--timeout=${settings.relayTimeout}`,
          `--concurrency=${settings.relayConcurrency}`,
          `--min-instances=${settings.relayMin}`,
          `--max-instances=${settings.relayMax}`,
          `--cpu=${settings.relayCpu}`,
          `--memory=${settings.relayMemory}`,
          '--no-cpu-throttling',
          '--startup-probe=httpGet.path=/ready,periodSeconds=5,timeoutSeconds=4,failureThreshold=24',
          '--liveness-probe=httpGet.path=/health,periodSeconds=10,timeoutSeconds=5,failureThreshold=3',
          ...directEgressFlags(settings),
          // Read by the relay itself and not mounted: a mounted file has the newest key only, and a relay that Cloud Run
          // starts after a rotation would refuse every token of the key before.
          envFlag({ ...settings.relayEnv, JWT_SECRET_NAME: settings.jwtSecret, ...redisAddress(settings) }),
          secretsFlag(settings, ...variablesFromSecrets(settings)),
          digestFlag,
        ],
      }),
    ],
  };
}

/** Secrets that somebody else made and filled, and that the relay reads. */
function namedSecrets({ authorizerTokenSecret, relayEnv }: DeploySettings): string[] {
  return [authorizerTokenSecret, relayEnv.ADMIN_TOKEN_NAME].filter((name) => name !== undefined);
}

function variablesFromSecrets({ authorizerTokenSecret }: DeploySettings): string[] {
  return authorizerTokenSecret === undefined ? [] : [`AUTHORIZER_TOKEN=${authorizerTokenSecret}:latest`];
}

/** Direct VPC egress: instances get addresses of the subnet, and no connector stands between. */
export function directEgressFlags({ vpcNetwork, vpcSubnet }: DeploySettings): string[] {
  return [
    `--network=${vpcNetwork}`,
    `--subnet=${vpcSubnet}`,
    '--vpc-egress=private-ranges-only',
    // A service that the reference deployed may have one, and Cloud Run refuses both at once.
    '--clear-vpc-connector',
  ];
}

/** A Cloud Run service, deployed again when its folder or a flag has changed. */
export function runServiceTask(options: {
  title: string;
  name: string;
  region: string;
  sourceDigest: string;
  flags: readonly string[];
}): Task {
  const { title, name, region, sourceDigest, flags } = options;
  const read = ['gcloud', 'run', 'services', 'describe', name, `--region=${region}`, '--format=json'];
  const differences = ([reading]: readonly Reading[], fill: (template: string) => string) => {
    if (reading?.found !== true) return ['is not there'];
    const service = json(reading);
    return [
      ...(isReady(service) ? [] : ['is not ready']),
      ...digestDifferences(at(service, 'metadata', 'labels'), fill),
    ];
  };
  return {
    title,
    reads: [read],
    isDone: (readings, fill) => differences(readings, fill).length === 0,
    differences,
    sourceDigest,
    change: { argv: ['gcloud', 'run', 'deploy', name, ...flags] },
    undo: undoRunService(name, region),
  };
}

/** A service has the label of a build that only a deployment gives. */
function undoRunService(name: string, region: string): Undo {
  return {
    title: `service ${name}`,
    reads: [['gcloud', 'run', 'services', 'describe', name, `--region=${region}`, '--format=json']],
    owner: ([reading]) => {
      if (reading?.found !== true) return 'gone';
      return hasAnyDigest(at(json(reading), 'metadata', 'labels')) ? 'ours' : 'theirs';
    },
    argv: ['gcloud', 'run', 'services', 'delete', name, `--region=${region}`],
  };
}

function isReady(service: unknown): boolean {
  const conditions = at(service, 'status', 'conditions');
  if (!Array.isArray(conditions)) return false;
  return conditions.some((entry: unknown) => at(entry, 'type') === 'Ready' && at(entry, 'status') === 'True');
}
