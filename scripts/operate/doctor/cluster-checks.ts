// How a Redis Cluster fits to what connects to it. Pure: each takes what gcloud printed as JSON.
import type { DeploySettings } from '../../deploy/settings/deploy-settings.ts';
import { clusterSecurityFaults, hasPolicy, SERVICE_CLASS } from '../../deploy/steps/redis-cluster.ts';
import { at, lastPart } from '../../gcloud/step.ts';
import { type Finding, fault, ok } from './finding.ts';

/** Its state, its network, and that it takes tokens over TLS. */
export function checkCluster(cluster: unknown, { vpcNetwork, redisInstance }: DeploySettings): Finding {
  const check = `Redis Cluster ${redisInstance}`;
  const another = 'set REDIS_INSTANCE_ID to another name for a new cluster, and run npm run deploy';
  const state = String(at(cluster, 'state'));
  if (state !== 'ACTIVE')
    return fault(check, `is ${state}, not ACTIVE`, 'look at it in the Memorystore console');
  const [first] = clusterSecurityFaults(cluster);
  if (first !== undefined) return fault(check, first, another);
  const network = lastPart(at(cluster, 'pscConfigs', 0, 'network'));
  if (network !== vpcNetwork)
    return fault(check, `is in network ${network}, relay and functions are in ${vpcNetwork}`, another);
  return ok(check, `is active in network ${vpcNetwork}, with IAM authentication and TLS`);
}

/** Without it Memorystore gives the cluster no address when it grows or a node is replaced. */
export function checkPolicy(list: unknown, { vpcNetwork }: DeploySettings): Finding {
  const check = 'service connection policy';
  if (hasPolicy(list, vpcNetwork)) return ok(check, `network ${vpcNetwork} has one for ${SERVICE_CLASS}`);
  return fault(
    check,
    `network ${vpcNetwork} has none for ${SERVICE_CLASS}`,
    'npm run deploy -- --only redis',
  );
}
