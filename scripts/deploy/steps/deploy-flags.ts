// What the relay and the functions are deployed with alike.

import { type Argv, at, CONFIG_DIGEST, json, type Undo } from '../../gcloud/step.ts';
import { type DeploySettings, usesOwnCluster, usesOwnRedis } from '../settings/deploy-settings.ts';
import { redisSecrets } from './secrets.ts';

/** Digests of the folders that are deployed, by folder: `dist/relay`, `dist/relay-image`, `dist/functions/KIND`. */
export type SourceDigests = Readonly<Record<string, string>>;

const DIGEST_LABEL = 'config-digest';

export const digestFlag = `--update-labels=${DIGEST_LABEL}={{${CONFIG_DIGEST}}}`;

export const deployPermissions = [
  'iam.serviceAccounts.actAs',
  'cloudbuild.builds.create',
  'cloudbuild.builds.get',
  'artifactregistry.repositories.get',
  'run.services.getIamPolicy',
  'run.services.setIamPolicy',
];

/** How what is labelled differs from what would be deployed now. */
export function digestDifferences(labels: unknown, fill: (template: string) => string): string[] {
  if (at(labels, DIGEST_LABEL) === fill(`{{${CONFIG_DIGEST}}}`)) return [];
  return ['was deployed from another build or with other settings than these'];
}

/** Takes away what carries the label of a build, of whatever one: only a deployment gives it. */
export function undoDeployed(options: {
  title: string;
  /** Prints it as JSON. */
  read: Argv;
  labelsOf(found: unknown): unknown;
  argv: Argv;
  permissions: readonly string[];
}): Undo {
  const { title, read, labelsOf, argv, permissions } = options;
  return {
    title,
    reads: [read],
    owner: ([reading]) => {
      if (reading?.found !== true) return 'gone';
      return at(labelsOf(json(reading)), DIGEST_LABEL) === undefined ? 'theirs' : 'ours';
    },
    argv,
    permissions,
  };
}

/** Keys of the steps that make Redis and its secrets. */
export function redisNeeds(settings: DeploySettings): string[] {
  if (!usesOwnRedis(settings)) return [];
  return settings.redisSecurity === 'tls-auth' ? ['redis', 'redis-secrets'] : ['redis'];
}

export function redisAddress(settings: DeploySettings): Record<string, string> {
  const { redisHost, redisPort } = settings;
  if (redisHost !== undefined) return { REDISHOST: redisHost, REDISPORT: String(redisPort) };
  return {
    ...{ REDISHOST: '{{REDIS_HOST}}', REDISPORT: '{{REDIS_PORT}}' },
    ...(usesOwnCluster(settings) ? { REDIS_CLUSTER: 'true', REDIS_AUTH_MODE: 'iam' } : {}),
  };
}

/** How much one instance does, and how many there are: flags that all three ways of deploying have. */
export function scalingFlags(limits: {
  /** Seconds. */
  timeout: number;
  concurrency: number;
  min: number;
  max: number;
}): string[] {
  return [
    `--timeout=${limits.timeout}s`,
    `--concurrency=${limits.concurrency}`,
    `--min-instances=${limits.min}`,
    `--max-instances=${limits.max}`,
  ];
}

/** How much one container gets. */
export function sizeFlags({ cpu, memory }: { cpu: number; memory: string }): string[] {
  return [`--cpu=${cpu}`, `--memory=${memory}`];
}

/** What every function is deployed with, whichever way it reaches the network. */
export function functionFlags(settings: DeploySettings): string[] {
  return [
    `--service-account=${settings.functionsAccount.email}`,
    buildAccountFlag(settings),
    ...scalingFlags({
      timeout: settings.functionTimeout,
      concurrency: settings.functionConcurrency,
      min: settings.functionMin,
      max: settings.functionMax,
    }),
    ...sizeFlags({ cpu: settings.functionCpu, memory: settings.functionMemory }),
    envFlag({ ...settings.functionEnv, ...redisAddress(settings) }),
    secretsFlag(settings),
    digestFlag,
  ];
}

/**
 * Who builds. gcloud takes the whole name, and finds no account in an address alone. Sources: gcloud's help of the flag;
 * Cloud Run, "Set build service account (source deploy)"; Cloud Run functions, "Custom service account for Cloud Build".
 */
export function buildAccountFlag(settings: DeploySettings): string {
  return `--build-service-account=${buildAccountName(settings)}`;
}

export function buildAccountName({ buildAccount, projectId }: DeploySettings): string {
  return `projects/${projectId}/serviceAccounts/${buildAccount.email}`;
}

/** gcloud splits at commas unless told otherwise, and lists of origins have commas. */
export function envFlag(env: Readonly<Record<string, string>>): string {
  return `--set-env-vars=^~~^${Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join('~~')}`;
}

/** @param others Further secrets in gcloud's notation. Without any at all, those of an earlier deployment are taken off. */
export function secretsFlag(settings: DeploySettings, ...others: string[]): string {
  const { auth, authority } = redisSecrets(settings);
  const ofAuthority = `REDIS_TLS_CA=${authority}:{{REDIS_CA_VERSION}}`;
  const ofPassword = usesOwnCluster(settings) ? [] : [`REDIS_AUTH=${auth}:{{REDIS_AUTH_VERSION}}`];
  const all = [...(settings.redisSecurity === 'tls-auth' ? [...ofPassword, ofAuthority] : []), ...others];
  return all.length === 0 ? '--clear-secrets' : `--set-secrets=${all.join(',')}`;
}
