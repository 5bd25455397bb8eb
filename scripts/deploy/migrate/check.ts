import { failed } from '../../gcloud/commands.ts';
import { failureKind } from '../../gcloud/failure.ts';
import { withProject } from '../../gcloud/project.ts';
import { type Argv, at, lastPart } from '../../gcloud/step.ts';
import type { Programs } from '../../gcloud/tools.ts';
import { type DeploySettings, usesOwnRedis } from '../settings/deploy-settings.ts';
import type { Reference } from './settings.ts';

/** How long Cloud Run leaves the sockets of an old revision: an hour, and as much as a clock may be wrong. */
const OLD_SOCKETS_MS = 65 * 60_000;

/**
 * Why this project cannot be migrated as it is, each a sentence with what to do. Reads only.
 *
 * @throws {Error} when looking fails.
 */
export async function referenceFaults(
  settings: DeploySettings,
  { interceptor }: Reference,
  programs: Programs,
): Promise<string[]> {
  const { region, relayName, redisInstance } = settings;
  const look = (argv: Argv) => describe(withProject([...argv, '--format=json'], settings), programs);
  const faults: string[] = [];
  const services = [
    ['CONNECTOR_SERVICE_NAME', relayName],
    ['INTERCEPTOR_SERVICE_NAME', interceptor],
  ] as const;
  for (const [variable, name] of services) {
    const found = await look(['gcloud', 'run', 'services', 'describe', name, `--region=${region}`]);
    if (found === undefined)
      faults.push(
        `there is no service ${name} in ${region}: see ${variable} and SERVICE_REGION, or leave --migrate out`,
      );
  }
  if (!usesOwnRedis(settings)) return faults;
  const redis = await look(['gcloud', 'redis', 'instances', 'describe', redisInstance, `--region=${region}`]);
  return [...faults, ...redisFaults(redis, settings)];
}

function redisFaults(redis: unknown, { redisInstance, region, vpcNetwork }: DeploySettings): string[] {
  if (redis === undefined)
    return [
      `there is no Redis instance ${redisInstance} in ${region}: see REDIS_INSTANCE_ID, or set REDIS_HOST`,
    ];
  const network = lastPart(at(redis, 'authorizedNetwork'));
  const isPlain =
    at(redis, 'authEnabled') !== true && at(redis, 'transitEncryptionMode') !== 'SERVER_AUTHENTICATION';
  return [
    ...(isPlain ? [] : [`${redisInstance} has a password or TLS: leave --migrate out, and deploy over it`]),
    ...(network === vpcNetwork
      ? []
      : [`${redisInstance} is in the network ${network}: set VPC_NETWORK to it`]),
  ];
}

/** Says what stands against it, and whether nothing does. @param retires Whether the old subscriptions are to go. */
export async function mayMigrate(
  settings: DeploySettings,
  reference: Reference,
  programs: Programs,
  retires: boolean,
): Promise<boolean> {
  const faults = await referenceFaults(settings, reference, programs);
  const waitMs = retires ? await stillNeededMs(settings, programs, Date.now()) : 0;
  if (waitMs > 0) {
    const minutes = Math.ceil(waitMs / 60_000);
    faults.push(
      `desktops of the old revision may be connected for ${minutes} more minutes: run it again after that`,
    );
  }
  for (const fault of faults) console.error(fault);
  return faults.length === 0;
}

/** How long the old subscriptions are still needed, in milliseconds; 0 when they are not. @param now Since 1970. */
export async function stillNeededMs(
  settings: DeploySettings,
  programs: Programs,
  now: number,
): Promise<number> {
  const { region, relayName } = settings;
  const service = await describe(
    withProject(
      ['gcloud', 'run', 'services', 'describe', relayName, `--region=${region}`, '--format=json'],
      settings,
    ),
    programs,
  );
  const conditions = at(service, 'status', 'conditions');
  const ready = Array.isArray(conditions)
    ? conditions.find((entry: unknown) => at(entry, 'type') === 'Ready')
    : undefined;
  const since = Date.parse(String(at(ready, 'lastTransitionTime')));
  return Number.isNaN(since) ? OLD_SOCKETS_MS : Math.max(0, since + OLD_SOCKETS_MS - now);
}

/** The parsed answer; none when there is no such thing. */
async function describe(argv: Argv, { exec, signal }: Programs): Promise<unknown> {
  const result = await exec(argv, { signal });
  if (result.code === 0) return JSON.parse(result.stdout);
  const kind = failureKind(result);
  if (kind === 'missing') return undefined;
  throw failed(argv, kind, result);
}
