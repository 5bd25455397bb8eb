// What the relay is, and a function with Direct VPC egress: a Cloud Run service built from a folder.

import { type Argv, at, json, type Reading, type Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { digestDifferences, undoDeployed } from './deploy-flags.ts';

/**
 * What `gcloud run deploy --source` takes beside what every deployment does: where it builds and what it writes. The
 * permissions on the bucket itself come with making it, see permission-roles.ts.
 */
export const sourcePermissions = [
  'run.services.create',
  'run.services.get',
  'run.services.update',
  'artifactregistry.repositories.create',
  'storage.buckets.create',
  'storage.buckets.get',
  'storage.buckets.list',
  'storage.objects.create',
  'compute.subnetworks.get',
  'compute.subnetworks.use',
];

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
  /** What differs in the service itself, which its label does not tell. */
  differencesIn?(service: unknown): string[];
  /** What differs beside the service and stays so, seen in a read of its own. */
  beside?: { read: Argv; drift(reading: Reading | undefined): string[] };
}): Task {
  const { title, name, region, sourceDigest, flags, differencesIn, beside } = options;
  const target = [name, `--region=${region}`];
  const read = ['gcloud', 'run', 'services', 'describe', ...target, '--format=json'];
  const labelsOf = (service: unknown) => at(service, 'metadata', 'labels');
  const differences = ([reading]: readonly Reading[], fill: (template: string) => string) => {
    if (reading?.found !== true) return ['is not there'];
    const service = json(reading);
    return [
      ...(isReady(service) ? [] : ['is not ready']),
      ...digestDifferences(labelsOf(service), fill),
      ...(differencesIn?.(service) ?? []),
    ];
  };
  return {
    title,
    reads: beside === undefined ? [read] : [read, beside.read],
    isDone: (readings, fill) => differences(readings, fill).length === 0,
    isNew: ([service]) => service?.found !== true,
    differences,
    ...(beside === undefined ? {} : { drift: ([, reading]: readonly Reading[]) => beside.drift(reading) }),
    sourceDigest,
    change: { argv: ['gcloud', 'run', 'deploy', ...target, ...flags] },
    undo: undoDeployed({
      title: `service ${name}`,
      read,
      labelsOf,
      argv: ['gcloud', 'run', 'services', 'delete', ...target],
      permissions: ['run.services.delete'],
    }),
  };
}

/** A roll-back by hand pins the traffic to one revision, and then no later one gets any. */
export function trafficTask(name: string, region: string): Task {
  const services = ['gcloud', 'run', 'services'];
  const target = [name, `--region=${region}`];
  const differences = ([reading]: readonly Reading[]) => {
    const traffic = at(json(reading), 'spec', 'traffic');
    const isNewest = (entry: unknown) => at(entry, 'latestRevision') === true && at(entry, 'percent') === 100;
    return Array.isArray(traffic) && traffic.some(isNewest) ? [] : ['does not go to its newest revision'];
  };
  return {
    title: `traffic of ${name}`,
    reads: [[...services, 'describe', ...target, '--format=json']],
    isDone: (readings) => differences(readings).length === 0,
    differences,
    change: { argv: [...services, 'update-traffic', ...target, '--to-latest'] },
  };
}

function isReady(service: unknown): boolean {
  const conditions = at(service, 'status', 'conditions');
  if (!Array.isArray(conditions)) return false;
  return conditions.some((entry: unknown) => at(entry, 'type') === 'Ready' && at(entry, 'status') === 'True');
}
