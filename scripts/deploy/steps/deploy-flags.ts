// What the relay and the functions are deployed with alike.
import { type DeploySettings, usesOwnRedis } from '../settings.ts';
import { at, CONFIG_DIGEST } from '../step.ts';
import { REDIS_AUTH_SECRET, REDIS_CA_SECRET } from './secrets.ts';

/** Digests of the folders that are deployed, by folder: `dist/relay`, `dist/functions/KIND`. */
export type SourceDigests = Readonly<Record<string, string>>;

const DIGEST_LABEL = 'config-digest';

export const digestFlag = `--update-labels=${DIGEST_LABEL}={{${CONFIG_DIGEST}}}`;

export const deployPermissions = [
  'iam.serviceAccounts.actAs',
  'cloudbuild.builds.create',
  'run.services.getIamPolicy',
  'run.services.setIamPolicy',
];

/** What `gcloud run deploy --source` takes beside {@link deployPermissions}: where it builds and what it writes. */
export const sourcePermissions = [
  'run.services.create',
  'run.services.get',
  'run.services.update',
  'artifactregistry.repositories.create',
  'storage.buckets.create',
  'storage.objects.create',
];

/** Whether a deployment, of whatever build, made what is labelled so. */
export function hasAnyDigest(labels: unknown): boolean {
  return at(labels, DIGEST_LABEL) !== undefined;
}

/** How what is labelled differs from what would be deployed now. */
export function digestDifferences(labels: unknown, fill: (template: string) => string): string[] {
  if (at(labels, DIGEST_LABEL) === fill(`{{${CONFIG_DIGEST}}}`)) return [];
  return ['was deployed from another build or with other settings than these'];
}

/** Keys of the steps that make Redis and its secrets. */
export function redisNeeds(settings: DeploySettings): string[] {
  if (!usesOwnRedis(settings)) return [];
  return settings.redisSecurity === 'tls-auth' ? ['redis', 'redis-secrets'] : ['redis'];
}

export function redisAddress({ redisHost, redisPort }: DeploySettings): Record<string, string> {
  if (redisHost !== undefined) return { REDISHOST: redisHost, REDISPORT: String(redisPort) };
  return { REDISHOST: '{{REDIS_HOST}}', REDISPORT: '{{REDIS_PORT}}' };
}

/** gcloud splits at commas unless told otherwise, and lists of origins have commas. */
export function envFlag(env: Readonly<Record<string, string>>): string {
  return `--set-env-vars=^~~^${Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join('~~')}`;
}

/** @param others Further secrets in gcloud's notation. Without any at all, those of an earlier deployment are taken off. */
export function secretsFlag({ redisSecurity }: DeploySettings, ...others: string[]): string {
  const ofRedis =
    redisSecurity === 'tls-auth'
      ? [
          `REDIS_AUTH=${REDIS_AUTH_SECRET}:{{REDIS_AUTH_VERSION}}`,
          `REDIS_TLS_CA=${REDIS_CA_SECRET}:{{REDIS_CA_VERSION}}`,
        ]
      : [];
  const all = [...ofRedis, ...others];
  return all.length === 0 ? '--clear-secrets' : `--set-secrets=${all.join(',')}`;
}
