// What the steps of a deployment do not see: how things fit together. Pure: each takes what gcloud printed as JSON.
import type { EventKind } from '../../../shared/event.ts';
import type { DeploySettings } from '../../deploy/settings/deploy-settings.ts';
import { EVICTION_POLICY } from '../../deploy/steps/redis.ts';
import { at, lastPart } from '../../gcloud/step.ts';
import { type Finding, fault, note, ok } from './finding.ts';

/** Pub/Sub must call each function as the account that may, and no other does. */
export function checkIdentity(kind: EventKind, subscription: unknown, settings: DeploySettings): Finding {
  const check = `subscription of ${kind}`;
  const remedy = 'npm run teardown -- --only functions, then npm run deploy';
  const { email } = settings.invokerAccount;
  const caller = at(subscription, 'pushConfig', 'oidcToken', 'serviceAccountEmail');
  if (at(subscription, 'state') === 'RESOURCE_ERROR' || at(subscription, 'topic') === '_deleted-topic_')
    return fault(check, 'has lost its topic and gets no events', remedy);
  if (caller === undefined) return fault(check, 'calls the function without an identity', remedy);
  if (caller !== email)
    return fault(check, `calls the function as ${String(caller)}, not as ${email}`, remedy);
  return ok(check, `calls the function as ${email}`);
}

/**
 * A relay starts with the newest version of the signing key, whatever its state, and does not start with a disabled one.
 *
 * @param versions newest first
 */
export function checkSigningKey(versions: unknown, secret: string): Finding {
  const check = `secret ${secret}`;
  const remedy = 'npm run rotate-secret';
  const all = Array.isArray(versions) ? versions : [];
  const [newest] = all;
  if (newest === undefined) return fault(check, 'has no version', 'npm run deploy -- --only jwt-secret');
  const number = lastPart(at(newest, 'name'));
  if (at(newest, 'state') !== 'ENABLED') {
    return fault(
      check,
      `its newest version, ${number}, is ${String(at(newest, 'state'))}: no relay will start`,
      `gcloud secrets versions enable ${number} --secret=${secret}, or ${remedy}`,
    );
  }
  return ok(
    check,
    `version ${number} signs; ${all.filter((each) => at(each, 'state') === 'ENABLED').length} are enabled`,
  );
}

/** Redis is reached only from the network that it is in. */
export function checkNetwork(instance: unknown, { vpcNetwork, redisInstance }: DeploySettings): Finding {
  const check = `Redis instance ${redisInstance}`;
  const network = lastPart(at(instance, 'authorizedNetwork'));
  if (network === vpcNetwork) return ok(check, `is in network ${vpcNetwork}`);
  return fault(
    check,
    `is in network ${network}, relay and functions are in ${vpcNetwork}`,
    `set VPC_NETWORK=${network}, or REDIS_INSTANCE_ID to another instance, and run npm run deploy`,
  );
}

/** Any other policy than the deployment's own takes away keys of conversations, and what is lost with some nobody notices. */
export function checkEviction(instance: unknown, settings: DeploySettings): Finding {
  const { redisInstance, region, projectId } = settings;
  const check = `memory of ${redisInstance}`;
  const policy = at(instance, 'redisConfigs', 'maxmemory-policy');
  if (policy === EVICTION_POLICY) return ok(check, 'takes no event when it is full');
  return note(
    check,
    `loses history when it is full: maxmemory-policy is ${String(policy ?? 'not set')}`,
    `gcloud redis instances update ${redisInstance} --update-redis-config=maxmemory-policy=${EVICTION_POLICY} --region=${region} --project=${projectId}`,
  );
}

/** Conversations of one region need not leave it, and the relay must allow the profile's. */
export function checkLocation(settings: DeploySettings): Finding {
  const { profileLocation, region, profileId, relayEnv } = settings;
  const check = 'location';
  const allowed = relayEnv.ALLOWED_LOCATIONS?.split(',').map((location) => location.trim());
  if (allowed?.includes(profileLocation) === false)
    return fault(
      check,
      `conversations of ${profileLocation}, where the profile is, are refused to every desktop`,
      `add ${profileLocation} to ALLOWED_LOCATIONS, then npm run deploy -- --only relay`,
    );
  if (profileId === 'none') return ok(check, `everything is in ${region}; the deployment has no profile`);
  if (profileLocation === region) return ok(check, `everything is in ${region}`);
  if (profileLocation === 'global') return ok(check, `everything is in ${region}, the profile is global`);
  return note(
    check,
    `the conversation profile is in ${profileLocation}, everything else in ${region}: events leave its region`,
    `set SERVICE_REGION=${profileLocation} for a deployment there`,
  );
}
