import { at, json, type Reading, type Step, type Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import {
  deployPermissions,
  digestFlag,
  envFlag,
  redisAddress,
  redisNeeds,
  type SourceDigests,
  scalingFlags,
  secretsFlag,
  sizeFlags,
} from './deploy-flags.ts';
import { containerDifferences, containerFlags, metricsEnv } from './metrics-sidecar.ts';
import { binding } from './predicates.ts';
import { relaySource } from './relay-image.ts';
import { directEgressFlags, runServiceTask, trafficTask } from './run-service.ts';
import { access, grantPermissions, makesAdminToken } from './secrets.ts';
import { describeSubnet, subnetDifferences } from './subnet.ts';

export function relayStep(settings: DeploySettings, digests: SourceDigests): Step {
  const { relayName, region, redisHost, relayAccount } = settings;
  const isPublic = settings.relayInvocation === 'allow-unauthenticated';
  const secrets = namedSecrets(settings);
  const source = relaySource(settings, digests);
  return {
    key: 'relay',
    title: 'Deploy the relay',
    needs: [
      ...['accounts', 'jwt-secret'],
      ...(makesAdminToken(settings) ? ['admin-token'] : []),
      ...(settings.monitoring === 'on' ? ['metrics-config'] : []),
      ...redisNeeds(settings),
    ],
    permissions: [
      ...deployPermissions,
      ...source.permissions,
      ...(secrets.length === 0 ? [] : grantPermissions),
    ],
    tasks: [
      ...secrets.map((secret) => binding(access(secret, 'the relay', relayAccount))),
      ...source.tasks,
      runServiceTask({
        title: `service ${relayName}${redisHost === undefined ? '' : ` with Redis at ${redisHost}`}`,
        name: relayName,
        region,
        sourceDigest: source.sourceDigest,
        differencesIn: (service) => containerDifferences(service, settings),
        beside: {
          read: describeSubnet(settings),
          drift: (reading) => subnetDifferences(reading, settings),
        },
        flags: [
          `--service-account=${relayAccount.email}`,
          isPublic ? '--allow-unauthenticated' : '--no-invoker-iam-check',
          '--ingress=all',
          '--session-affinity',
          ...scalingFlags({
            timeout: settings.relayTimeout,
            concurrency: settings.relayConcurrency,
            min: settings.relayMin,
            max: settings.relayMax,
          }),
          '--no-cpu-throttling',
          ...directEgressFlags(settings),
          digestFlag,
          ...containerFlags(settings, [
            ...source.flags,
            ...sizeFlags({ cpu: settings.relayCpu, memory: settings.relayMemory }),
            '--startup-probe=httpGet.path=/ready,periodSeconds=5,timeoutSeconds=4,failureThreshold=24',
            '--liveness-probe=httpGet.path=/health,periodSeconds=10,timeoutSeconds=5,failureThreshold=3',
            envFlag(environment(settings)),
            secretsFlag(settings, ...variablesFromSecrets(settings)),
          ]),
        ],
      }),
      ...(isPublic ? [everybody(settings)] : [uncheckedInvoker(settings)]),
      trafficTask(relayName, region),
    ],
  };
}

/**
 * The signing key is read by the relay itself and not mounted: a mounted file has the newest key only, and a relay that Cloud
 * Run starts after a rotation would refuse every token of the key before.
 */
function environment(settings: DeploySettings): Record<string, string> {
  return {
    ...serviceAudience(settings),
    ...settings.relayEnv,
    ...metricsEnv(settings),
    JWT_SECRET_NAME: settings.jwtSecret,
    ...adminToken(settings),
    ...redisAddress(settings),
  };
}

/**
 * The relay's address, for which service accounts get their ID tokens. It can be told before the service exists. Source:
 * Cloud Run, "Deterministic URL".
 */
function serviceAudience({ relayName, region, relayEnv }: DeploySettings): Record<string, string> {
  if (relayEnv.SERVICE_CALLERS === undefined) return {};
  return { SERVICE_AUDIENCE: `https://${relayName}-{{PROJECT_NUMBER}}.${region}.run.app` };
}

/**
 * `--allow-unauthenticated` is no more than a wish: where the organisation forbids `allUsers`, gcloud warns, ends with 0, and
 * every desktop gets 403. Sources: gcloud's serverless_operations.py, `_HandleAllowUnauthenticated`; Cloud Run, "Allow public
 * (unauthenticated) access".
 */
function everybody({ relayName, region }: DeploySettings): Task {
  return binding({
    title: `access to ${relayName} for everybody`,
    resource: ['run', 'services'],
    target: [relayName, `--region=${region}`],
    member: 'allUsers',
    role: 'roles/run.invoker',
  });
}

/** The same where Cloud Run does not check who calls. Somebody may have switched the check on again. */
function uncheckedInvoker({ relayName, region }: DeploySettings): Task {
  const services = ['gcloud', 'run', 'services'];
  const target = [relayName, `--region=${region}`];
  const isUnchecked = ([reading]: readonly Reading[]) =>
    /^true$/i.test(
      String(at(json(reading), 'metadata', 'annotations', 'run.googleapis.com/invoker-iam-disabled')),
    );
  return {
    title: `access to ${relayName} for everybody`,
    reads: [[...services, 'describe', ...target, '--format=json']],
    isDone: isUnchecked,
    differences: (readings) => (isUnchecked(readings) ? [] : ['is refused: the invoker check is on']),
    change: { argv: [...services, 'update', ...target, '--no-invoker-iam-check'] },
  };
}

/** Secrets that somebody else made and filled, and that the relay reads. */
function namedSecrets(settings: DeploySettings): string[] {
  const { authorizerTokenSecret, relayEnv, adminTokenSecret } = settings;
  const foreign = adminTokenSecret.includes('/') ? adminTokenSecret : undefined;
  return [authorizerTokenSecret, foreign, relayEnv.FIVE9_TRUST_TOKEN_NAME].filter(
    (name) => name !== undefined,
  );
}

function adminToken({ adminTokenSecret }: DeploySettings): Record<string, string> {
  return adminTokenSecret === 'none' ? {} : { ADMIN_TOKEN_NAME: adminTokenSecret };
}

function variablesFromSecrets({ authorizerTokenSecret }: DeploySettings): string[] {
  return authorizerTokenSecret === undefined ? [] : [`AUTHORIZER_TOKEN=${authorizerTokenSecret}:latest`];
}
