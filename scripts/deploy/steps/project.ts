import type { Step, Task } from '../../gcloud/step.ts';
import { type Account, type DeploySettings, usesOwnCluster } from '../settings/deploy-settings.ts';
import {
  describeAccount,
  isOwnAccount,
  OWNED_DESCRIPTION,
  revocableBinding,
  sharesProject,
} from './ownership.ts';
import { binding, exists } from './predicates.ts';
import { PUBSUB_AGENT, serviceAgentTasks } from './service-agents.ts';

/**
 * What the commands of the plan call. `iam` and `cloudresourcemanager` are called for the project itself, and gcloud would
 * only offer to enable them: with `--quiet` that is a no. Sources: gcloud's own api_enablement.py; IAM, "Create service
 * accounts", and Resource Manager, "Manage access", each under "Before you begin".
 */
const APIS = [
  'artifactregistry.googleapis.com',
  'cloudbuild.googleapis.com',
  'cloudfunctions.googleapis.com',
  'cloudresourcemanager.googleapis.com',
  'compute.googleapis.com',
  'dialogflow.googleapis.com',
  'eventarc.googleapis.com',
  'iam.googleapis.com',
  'pubsub.googleapis.com',
  'redis.googleapis.com',
  'run.googleapis.com',
  'secretmanager.googleapis.com',
  'vpcaccess.googleapis.com',
] as const;

/**
 * For a Redis Cluster, whose addresses in the network a service connection policy gives. Source: Memorystore for Redis
 * Cluster, "Networking", "Prerequisites".
 */
const CLUSTER_APIS = ['networkconnectivity.googleapis.com', 'serviceconsumermanagement.googleapis.com'];

/** Those of the metrics. */
const MONITORING_APIS = ['logging.googleapis.com', 'monitoring.googleapis.com'] as const;

export function apisStep(settings: DeploySettings): Step {
  const { monitoring, notificationChannels } = settings;
  const ofMetrics = monitoring === 'on' ? MONITORING_APIS : [];
  // Alert policies need Cloud Monitoring where the relay writes no metrics, too.
  const ofAlerts = monitoring === 'off' && notificationChannels.length > 0 ? MONITORING_APIS.slice(1) : [];
  const apis = [...APIS, ...(usesOwnCluster(settings) ? CLUSTER_APIS : []), ...ofMetrics, ...ofAlerts];
  return {
    key: 'apis',
    title: 'Enable the APIs',
    needs: [],
    permissions: [
      'serviceusage.services.enable',
      'serviceusage.services.list',
      'resourcemanager.projects.get',
    ],
    tasks: [
      {
        title: `${apis.length} APIs`,
        reads: [['gcloud', 'services', 'list', '--enabled', '--format=value(config.name)']],
        isDone: ([list]) => {
          const enabled = new Set(list?.found === true ? list.text.split(/\s+/) : []);
          return apis.every((api) => enabled.has(api));
        },
        isNew: () => true,
        change: { argv: ['gcloud', 'services', 'enable', ...apis] },
      },
    ],
  };
}

export const projectGrantPermissions = [
  'resourcemanager.projects.getIamPolicy',
  'resourcemanager.projects.setIamPolicy',
];

/**
 * The identities, and the only roles any of them has on the whole project. What the reference grants beside it
 * and the code does not use:
 * - `roles/redis.editor`: it administers instances; reading and writing data takes the network, the AUTH string and TLS.
 * - `roles/vpcaccess.user`: Cloud Run's own service agent uses the connector, not the running service.
 * - `roles/compute.viewer`: nothing reads networks at run time.
 * - `roles/secretmanager.secretAccessor` on the project: granted on each secret instead.
 */
export function accountsStep(settings: DeploySettings): Step {
  const { relayAccount, functionsAccount, invokerAccount, buildAccount, projectId } = settings;
  // Several deployments of one project share the account that builds.
  const isShared = sharesProject(settings);
  return {
    key: 'accounts',
    title: 'Create the service accounts and grant their roles',
    needs: ['apis'],
    permissions: [
      'iam.serviceAccounts.create',
      'iam.serviceAccounts.get',
      'iam.serviceAccounts.getIamPolicy',
      'iam.serviceAccounts.setIamPolicy',
      ...projectGrantPermissions,
    ],
    tasks: [
      // First, because Google takes minutes to know of them and their rights everywhere.
      ...serviceAgentTasks(settings),
      ...accountTask(relayAccount, 'Agent Assist relay'),
      ...accountTask(functionsAccount, 'Agent Assist event functions'),
      ...accountTask(invokerAccount, 'Agent Assist event triggers'),
      ...accountTask(buildAccount, 'Agent Assist builds', { isShared }),
      revocableBinding({
        title: 'Dialogflow for the relay',
        resource: ['projects'],
        target: [projectId],
        account: relayAccount,
        role: 'roles/dialogflow.agentAssistClient',
        isProject: true,
        permissions: projectGrantPermissions,
      }),
      // In organisations of May 2024 and later the account that builds by default has no role. Sources: Organization Policy,
      // "Security baseline constraints"; Cloud Run, "Set build service account (source deploy)", "Required roles".
      revocableBinding({
        title: 'building for the build account',
        resource: ['projects'],
        target: [projectId],
        account: buildAccount,
        role: 'roles/run.builder',
        isProject: true,
        permissions: projectGrantPermissions,
        isShared,
      }),
      // Projects whose Pub/Sub agent is older than April 2021 lack it; granted on the one account, not the project.
      binding({
        title: 'push tokens of the trigger account for Pub/Sub',
        resource: ['iam', 'service-accounts'],
        target: [invokerAccount.email],
        member: PUBSUB_AGENT,
        role: 'roles/iam.serviceAccountTokenCreator',
      }),
    ],
  };
}

function accountTask(account: Account, displayName: string, { isShared = false } = {}): Task[] {
  if (account.id === undefined) return [];
  return [
    {
      title: `service account ${account.id}`,
      reads: [describeAccount(account)],
      isDone: exists,
      makesAccount: account.email,
      change: {
        argv: [
          'gcloud',
          'iam',
          'service-accounts',
          'create',
          account.id,
          `--display-name=${displayName}`,
          `--description=${OWNED_DESCRIPTION}`,
        ],
      },
      undo: {
        title: `service account ${account.id}`,
        reads: [describeAccount(account)],
        owner: ([found]) => {
          if (found?.found !== true) return 'gone';
          return isOwnAccount(found) ? 'ours' : 'theirs';
        },
        argv: ['gcloud', 'iam', 'service-accounts', 'delete', account.email],
        permissions: ['iam.serviceAccounts.delete'],
        isShared,
      },
    },
  ];
}
