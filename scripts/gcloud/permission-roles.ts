import type { Plan, Undo } from './step.ts';

/** The narrowest predefined role for each permission's beginning; the first that fits counts. */
const ROLES: readonly (readonly [prefix: string, role: string])[] = [
  ['serviceusage.services.use', 'roles/serviceusage.serviceUsageConsumer'],
  ['serviceusage.', 'roles/serviceusage.serviceUsageAdmin'],
  ['iam.serviceAccounts.actAs', 'roles/iam.serviceAccountUser'],
  ['iam.serviceAccounts.', 'roles/iam.serviceAccountAdmin'],
  ['resourcemanager.projects.', 'roles/resourcemanager.projectIamAdmin'],
  ['pubsub.', 'roles/pubsub.admin'],
  ['secretmanager.', 'roles/secretmanager.admin'],
  ['redis.', 'roles/redis.admin'],
  ['compute.', 'roles/compute.networkUser'],
  ['vpcaccess.', 'roles/vpcaccess.admin'],
  // Source: Memorystore for Redis Cluster, "Networking": who makes the service connection policy.
  ['networkconnectivity.', 'roles/networkconnectivity.consumerNetworkAdmin'],
  ['run.', 'roles/run.admin'],
  ['cloudfunctions.', 'roles/cloudfunctions.admin'],
  ['eventarc.', 'roles/eventarc.admin'],
  ['artifactregistry.', 'roles/artifactregistry.admin'],
  ['storage.', 'roles/storage.admin'],
  ['cloudbuild.', 'roles/cloudbuild.builds.editor'],
  ['monitoring.alertPolicies.', 'roles/monitoring.alertPolicyEditor'],
  ['monitoring.dashboards.', 'roles/monitoring.dashboardEditor'],
  ['monitoring.notificationChannels.', 'roles/monitoring.notificationChannelViewer'],
  ['logging.logMetrics.', 'roles/logging.configWriter'],
  // Source: github.com/iann0036/iam-dataset, gcp/roles/dialogflow.conversationManager.json, commit 1818bc7.
  ['dialogflow.conversationProfiles.', 'roles/dialogflow.conversationManager'],
];

/**
 * Not asked of a project: the account that makes a bucket, or owns its project, has them on the bucket. The basic roles do not have
 * them, so that the answer for an owner of the project would be wrong. A custom role needs them. Sources: Cloud Storage, "IAM
 * roles for Cloud Storage", "Basic roles"; github.com/iann0036/iam-dataset, gcp/roles/owner.json, commit 2073fa5.
 */
const ON_BUCKETS = new Set(['storage.buckets.get', 'storage.objects.create']);

/** Those that can be asked of the project. */
export function askable(permissions: readonly string[]): string[] {
  return permissions.filter((permission) => !ON_BUCKETS.has(permission));
}

/** @throws {Error} when a step declares a permission without a role: the tests hold every plan to it. */
export function roleFor(permission: string): string {
  const role = ROLES.find(([prefix]) => permission.startsWith(prefix))?.[1];
  if (role === undefined) throw new Error(`no role is known to have ${permission}`);
  return role;
}

/** Every permission that the steps of the plan declare, once. */
export function permissionsOf({ steps }: Pick<Plan, 'steps'>): string[] {
  return unique(steps.flatMap((step) => step.permissions));
}

/** Every permission that it takes to take these away, once. */
export function removalPermissions(undos: readonly Undo[]): string[] {
  return unique(undos.flatMap((undo) => undo.permissions));
}

function unique(permissions: readonly string[]): string[] {
  return [...new Set(permissions)].sort();
}

/** What to grant, and the command for it, for permissions that an account lacks. */
export function grantAdvice(missing: readonly string[], projectId: string, account: string): string {
  const byRole = Map.groupBy(missing, roleFor);
  const member = account.endsWith('.gserviceaccount.com') ? `serviceAccount:${account}` : `user:${account}`;
  const grants = [...byRole].flatMap(([role, permissions]) => [
    `# ${permissions.join(', ')}`,
    `gcloud projects add-iam-policy-binding ${projectId} --member=${member} --role=${role} --condition=None`,
  ]);
  return [
    `${account} lacks ${missing.length} permissions on ${projectId}. An account that can grant roles there can run:`,
    ...grants,
  ].join('\n');
}
