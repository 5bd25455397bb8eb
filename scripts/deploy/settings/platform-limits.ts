// Limits that gcloud takes unchecked and the services refuse, minutes later and one at a time.
import type { EventKind } from '../../../shared/event.ts';
import { projectOfAccount } from './google-names.ts';
import type { DeployConfig } from './settings-table.ts';

/** Up to 60 minutes. https://cloud.google.com/run/docs/configuring/request-timeout */
const RUN_MAX_TIMEOUT_SECONDS = 3600;
/** An event-driven function gets 9 minutes. https://cloud.google.com/functions/docs/configuring/timeout */
const FUNCTION_MAX_TIMEOUT_SECONDS = 540;
/**
 * Longest ack deadline of a subscription, and with push also the longest answer; ours is the function's timeout.
 * https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions (ackDeadlineSeconds)
 */
const ACK_DEADLINE_MAX_SECONDS = 600;
/**
 * With one CPU or more, which is all that the settings take; with less it would be 1.
 * https://cloud.google.com/run/docs/about-concurrency, https://cloud.google.com/run/docs/configuring/services/cpu
 */
const MAX_CONCURRENCY = 1000;
/**
 * Least and most memory in MiB for a number of CPUs. The least of all is 128 MiB, in the first generation's environment.
 * https://cloud.google.com/run/docs/configuring/services/memory-limits,
 * https://cloud.google.com/run/docs/configuring/services/cpu
 */
const MEMORY_MIB: Readonly<Record<number, readonly [number, number]>> = {
  1: [128, 4096],
  2: [128, 8192],
  4: [2048, 16_384],
  6: [4096, 24_576],
  8: [4096, 32_768],
};

/** Of all containers of an instance together. https://cloud.google.com/run/docs/configuring/services/cpu */
const MAX_CPUS = 8;

/** Every breach, each a sentence that names the variable and what to set it to. */
export function platformFaults(config: DeployConfig, topics: ReadonlyMap<EventKind, string>): string[] {
  const faults = [
    ...scalingFaults('RELAY', config.relayMin, config.relayMax),
    ...scalingFaults('FUNCTION', config.functionMin, config.functionMax),
    ...memoryFaults('RELAY', config.relayCpu, config.relayMemory),
    ...memoryFaults('FUNCTION', config.functionCpu, config.functionMemory),
    ...atMost('RELAY_TIMEOUT_SECONDS', config.relayTimeout, RUN_MAX_TIMEOUT_SECONDS, 'Cloud Run'),
    ...atMost('RELAY_CONCURRENCY', config.relayConcurrency, MAX_CONCURRENCY, 'Cloud Run'),
    ...atMost(
      'FUNCTION_TIMEOUT_SECONDS',
      config.functionTimeout,
      Math.min(FUNCTION_MAX_TIMEOUT_SECONDS, ACK_DEADLINE_MAX_SECONDS),
      'an event-driven function',
    ),
    ...atMost('FUNCTION_CONCURRENCY', config.functionConcurrency, MAX_CONCURRENCY, 'Cloud Run'),
  ];
  const ids = [...topics.values(), config.deadLetterTopic];
  if (topics.size === 0)
    faults.push('no topic is left: set at least one of the four *_TOPIC_ID to other than none');
  if (new Set(ids).size < ids.length)
    faults.push(
      'two of the *_TOPIC_ID are the same: give each kind of event, and the dead letters, its own topic',
    );
  if (config.redisHost !== undefined && config.redisSecurity !== 'plain') {
    faults.push(
      'REDIS_SECURITY is not valid: with REDIS_HOST set it to plain; for TLS and a password leave REDIS_HOST out and ' +
        'name the Memorystore instance, existing or new, in REDIS_INSTANCE_ID',
    );
  }
  if (config.redisKind === 'cluster' && config.redisHost !== undefined)
    faults.push('REDIS_KIND is cluster, and the deployment makes one: leave REDIS_HOST or REDIS_KIND out');
  if (config.redisKind === 'cluster' && config.redisHost === undefined && config.redisSecurity === 'plain')
    faults.push(
      'REDIS_SECURITY is not valid: with REDIS_KIND=cluster leave it out; the cluster has TLS and IAM authentication',
    );
  if (config.redisCluster && config.redisHost === undefined && config.redisKind === 'instance')
    faults.push(
      'REDIS_CLUSTER is true: set REDIS_HOST to the discovery endpoint of a cluster, or REDIS_KIND to cluster for one that ' +
        'is made, or leave REDIS_CLUSTER out',
    );
  for (const channel of config.notificationChannels) {
    const [, project = ''] = channel.split('/');
    // A number may be that of the project: only Google can tell.
    if (project !== config.projectId && !/^\d+$/.test(project))
      faults.push(
        `NOTIFICATION_CHANNELS names a channel of project ${project}: set it to channels of ${config.projectId}`,
      );
  }
  if (config.monitoring === 'on' && config.relayCpu >= MAX_CPUS)
    faults.push(
      `RELAY_CPU is ${config.relayCpu}, which leaves nothing of an instance's ${MAX_CPUS} CPUs to the metrics sidecar: ` +
        'set it to at most 6, or MONITORING to off',
    );
  const builder = config.buildAccountEmail;
  const home = builder === undefined ? undefined : projectOfAccount(builder);
  if (home !== undefined && home !== config.projectId)
    faults.push(
      `BUILD_SERVICE_ACCOUNT is an account of project ${home}: set it to one of ${config.projectId}, or leave it out`,
    );
  return faults;
}

function atMost(name: string, value: number, limit: number, whose: string): string[] {
  return value > limit ? [`${name} is ${value}: ${whose} allows at most ${limit}`] : [];
}

function scalingFaults(prefix: string, min: number, max: number): string[] {
  if (min <= max) return [];
  return [`${prefix}_MIN_INSTANCES is ${min}: set it to at most ${prefix}_MAX_INSTANCES, which is ${max}`];
}

function memoryFaults(prefix: string, cpu: number, memory: string): string[] {
  const mib = Number.parseInt(memory, 10) * (memory.endsWith('Gi') ? 1024 : 1);
  const [least, most] = MEMORY_MIB[cpu] ?? [128, 32_768];
  if (mib >= least && mib <= most) return [];
  return [`${prefix}_MEMORY is ${memory}: with ${prefix}_CPU=${cpu} set it from ${least}Mi to ${most}Mi`];
}
