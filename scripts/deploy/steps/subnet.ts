import { type Argv, at, json, type Reading } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';

/** While a revision replaces another, both hold addresses. Cloud Run, "Best practices", "Monitor IP address usage". */
const ADDRESSES_PER_INSTANCE = 4;
/** Google keeps the first two and the last two. VPC, "Subnets", "Unusable addresses in IPv4 subnet ranges". */
const UNUSABLE = 4;
/** Cloud Run, "Direct VPC with a VPC network", "IP address allocation". */
const LONGEST_PREFIX = 26;

export function describeSubnet({ vpcSubnet, region }: DeploySettings): Argv {
  const subnets = ['gcloud', 'compute', 'networks', 'subnets'];
  return [...subnets, 'describe', vpcSubnet, `--region=${region}`, '--format=json'];
}

/** Whether the subnet has an address for every instance that the settings allow. Without one, no instance starts. */
export function subnetDifferences(reading: Reading | undefined, settings: DeploySettings): string[] {
  const { vpcSubnet, region, relayMax, functionMax, functionNetwork, topics } = settings;
  if (reading?.found !== true) return [`has no subnet ${vpcSubnet} in ${region}: see VPC_SUBNET`];
  const [, prefix] = /\/(\d+)$/.exec(String(at(json(reading), 'ipCidrRange'))) ?? [];
  const instances = relayMax + (functionNetwork === 'direct' ? functionMax * topics.size : 0);
  const needed = prefixFor(instances);
  if (prefix === undefined || Number(prefix) <= needed) return [];
  const limits = functionNetwork === 'direct' ? 'RELAY_ or FUNCTION_MAX_INSTANCES' : 'RELAY_MAX_INSTANCES';
  return [
    `is in subnet ${vpcSubnet}, a /${prefix}, and ${instances} instances may take a /${needed}: ` +
      `set VPC_SUBNET to a larger one, or ${limits} to less`,
  ];
}

function prefixFor(instances: number): number {
  const addresses = instances * ADDRESSES_PER_INSTANCE + UNUSABLE;
  return Math.min(LONGEST_PREFIX, 32 - Math.ceil(Math.log2(addresses)));
}
