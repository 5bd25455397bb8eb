// Limits and references in what is made, as the services hold them.
import { type Answer, asObject, failure, isObject, type Json, type Request, type State } from './state.ts';

const invalid = (message: string) => failure(400, 'INVALID_ARGUMENT', message);
const outside = (value: unknown, least: number, most: number) =>
  value !== undefined && !(Number(value) >= least && Number(value) <= most);

export function bodyFault(request: Request, state: State): Answer | undefined {
  const { api, method, path, body } = request;
  if (method === 'GET' || method === 'DELETE') return undefined;
  if (api === 'pubsub' && /\/subscriptions\/[^/:]+$/.test(path)) return subscriptionFault(body, state);
  if (api === 'vpcaccess' && path.endsWith('/connectors')) return connectorFault(body);
  if (api === 'redis' && path.endsWith('/instances')) return redisFault(body);
  if (api === 'secretmanager' && path.endsWith('/secrets')) return replicaFault(body, state);
  if (api === 'iam' && path.endsWith('/serviceAccounts')) return accountFault(body);
  return undefined;
}

/** Source: Pub/Sub's REST reference, `projects.subscriptions`. */
function subscriptionFault(body: Json, state: State): Answer | undefined {
  const { ackDeadlineSeconds, deadLetterPolicy, topic } = { ...body, ...asObject(body.subscription) };
  const { maxDeliveryAttempts, deadLetterTopic } = asObject(deadLetterPolicy);
  if (outside(ackDeadlineSeconds, 10, 600))
    return invalid(`Invalid ack deadline given: (ack_deadline=${ackDeadlineSeconds}).`);
  if (outside(maxDeliveryAttempts, 5, 100))
    return invalid(
      `Invalid number of max delivery attempts: (max_delivery_attempts=${maxDeliveryAttempts}).`,
    );
  for (const name of [topic, deadLetterTopic])
    if (typeof name === 'string' && !state.resources.has(name))
      return failure(404, 'NOT_FOUND', `Resource not found (resource=${name}).`);
  return undefined;
}

/** Source: gcloud's help of `compute networks vpc-access connectors create`. */
function connectorFault({ minInstances, maxInstances }: Json): Answer | undefined {
  if (
    outside(minInstances, 2, 9) ||
    outside(maxInstances, 3, 10) ||
    Number(minInstances) >= Number(maxInstances)
  )
    return invalid(`Invalid scaling: ${minInstances} to ${maxInstances} instances.`);
  return undefined;
}

const REDIS_VERSIONS = ['REDIS_3_2', 'REDIS_4_0', 'REDIS_5_0', 'REDIS_6_X', 'REDIS_7_0', 'REDIS_7_2'];

/** Source: gcloud's help of `redis instances create`. */
function redisFault({ memorySizeGb, redisVersion }: Json): Answer | undefined {
  if (outside(memorySizeGb, 1, 300)) return invalid(`Memory size of ${memorySizeGb} GB is not supported.`);
  if (redisVersion !== undefined && !REDIS_VERSIONS.includes(String(redisVersion).toUpperCase()))
    return invalid(`Redis version ${redisVersion} is not supported.`);
  return undefined;
}

function replicaFault(body: Json, state: State): Answer | undefined {
  const { replicas } = asObject(asObject(body.replication).userManaged);
  for (const replica of Array.isArray(replicas) ? replicas : []) {
    const { location } = asObject(replica);
    if (!state.hasRegion(String(location))) return invalid(`Location ${location} is not supported.`);
  }
  return undefined;
}

/** Source: IAM, "Create service accounts": 6 to 30 lower-case letters, digits and hyphens. */
function accountFault({ accountId }: Json): Answer | undefined {
  if (/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(String(accountId))) return undefined;
  return invalid(`Service account ID ${accountId} is not valid.`);
}

/** What a service, or a function as one, is limited to. */
export interface Scaling {
  cpu: number;
  min: number;
  max: number;
  timeout: number;
  concurrency: number;
  isDirect: boolean;
  /** 540 s where an event calls it, 3,600 s elsewhere. */
  longest: number;
}

export function scalingFault(scaling: Scaling, state: State): Answer | undefined {
  const { cpu, min, max, timeout, concurrency, isDirect, longest } = scaling;
  if (min > max) return invalid(`min_instance_count ${min} exceeds max_instance_count ${max}.`);
  if (timeout > longest) return invalid(`timeout_seconds ${timeout} exceeds ${longest}.`);
  if (concurrency > 1000) return invalid('container_concurrency must be at most 1000.');
  // Source: gitlab.com, gitlab-com/gl-infra/platform/runway/team, issue 438.
  if (isDirect && max > 100)
    return invalid(
      `Invalid value ${max}. autoscaling.knative.dev/maxScale annotation must be less than or equal to 100 when ` +
        'run.googleapis.com/network-interfaces annotation is set.',
    );
  // Source: googlecodelabs/feedback, issue 1856.
  const most = Math.floor(state.cpuQuota / (cpu * 1000));
  if (max > most)
    return invalid(
      'spec.template.metadata.annotations[autoscaling.knative.dev/maxScale]: ' +
        `Max instances must be set to ${most} or fewer to set the requested total CPU.\n` +
        `Quota violated:\nCpuAllocPerProjectRegion requested: ${max * cpu * 1000} allowed: ${state.cpuQuota}`,
    );
  return undefined;
}

/** Source: the message of Cloud Run for an account without the role. */
export function secretFault(
  state: State,
  { project, account, secrets }: { project: string; account: string; secrets: readonly string[] },
): Answer | undefined {
  for (const secret of secrets) {
    const name = `projects/${project}/secrets/${secret}`;
    if (state.hasRole(name, 'roles/secretmanager.secretAccessor', `serviceAccount:${account}`)) continue;
    return failure(
      403,
      'PERMISSION_DENIED',
      `Permission denied on secret: ${name} for Revision service account ${account}. The service account used must be ` +
        "granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or " +
        'higher level.',
    );
  }
  return undefined;
}

/** Source: the message of Cloud Run and Cloud Functions for an account that they do not know. */
export function actAsFault(state: State, account: unknown): Answer | undefined {
  if (typeof account !== 'string' || state.knowsAccount(account)) return undefined;
  return failure(
    403,
    'PERMISSION_DENIED',
    `Permission 'iam.serviceaccounts.actAs' denied on service account ${account} (or it may not exist).`,
  );
}

const BUILDERS = ['roles/run.builder', 'roles/cloudbuild.builds.builder', 'roles/editor', 'roles/owner'];

/** Whether the account may build in the project. @param account its name, or its address. */
export function mayBuild(state: State, project: string, account: unknown): boolean {
  const email = String(account ?? state.defaultBuilder).replace(/^.*\//, '');
  const policy = `projects/${project}`;
  return (
    state.knowsAccount(email) &&
    BUILDERS.some((role) => state.hasRole(policy, role, `serviceAccount:${email}`))
  );
}

/** Source: terraform-google-modules/terraform-docs-samples, pull request 203 and issue 486. */
export function eventarcFault(state: State, project: string): Answer | undefined {
  if (state.isEventarcReady(project)) return undefined;
  return failure(
    400,
    'FAILED_PRECONDITION',
    'Invalid resource state for "": Permission denied while using the Eventarc Service Agent. If you recently started to use ' +
      'Eventarc, it may take a few minutes before all necessary permissions are propagated to the Service Agent. Otherwise, ' +
      'verify that it has Eventarc Service Agent role.',
  );
}

export function secretsOf(variables: unknown): string[] {
  return (Array.isArray(variables) ? variables : [])
    .map(asObject)
    .flatMap(({ secret }) => (isObject(secret) || secret === undefined ? [] : [String(secret)]));
}
