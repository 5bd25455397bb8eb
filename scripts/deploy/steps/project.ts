import type { Account, DeploySettings } from '../settings.ts';
import { type Argv, at, json, type Reading, type Step, type Task } from '../step.ts';
import { OWNED_DESCRIPTION } from './ownership.ts';
import { binding, exists, hasBinding } from './predicates.ts';

export const APIS = [
  'artifactregistry.googleapis.com',
  'cloudbuild.googleapis.com',
  'cloudfunctions.googleapis.com',
  'compute.googleapis.com',
  'dialogflow.googleapis.com',
  'eventarc.googleapis.com',
  'pubsub.googleapis.com',
  'redis.googleapis.com',
  'run.googleapis.com',
  'secretmanager.googleapis.com',
  'vpcaccess.googleapis.com',
] as const;

export const DIALOGFLOW_AGENT =
  'serviceAccount:service-{{PROJECT_NUMBER}}@gcp-sa-dialogflow.iam.gserviceaccount.com';
export const PUBSUB_AGENT = 'serviceAccount:service-{{PROJECT_NUMBER}}@gcp-sa-pubsub.iam.gserviceaccount.com';

export function apisStep(): Step {
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
        title: `${APIS.length} APIs`,
        reads: [['gcloud', 'services', 'list', '--enabled', '--format=value(config.name)']],
        isDone: ([list]) => {
          const enabled = new Set(list?.found === true ? list.text.split(/\s+/) : []);
          return APIS.every((api) => enabled.has(api));
        },
        change: { argv: ['gcloud', 'services', 'enable', ...APIS] },
      },
    ],
  };
}

/**
 * The three identities, and the only role any of them has on the whole project. What the reference grants beside it
 * and the code does not use:
 * - `roles/redis.editor`: it administers instances; reading and writing data takes the network, the AUTH string and TLS.
 * - `roles/vpcaccess.user`: Cloud Run's own service agent uses the connector, not the running service.
 * - `roles/compute.viewer`: nothing reads networks at run time.
 * - `roles/secretmanager.secretAccessor` on the project: granted on each secret instead.
 */
export function accountsStep(settings: DeploySettings): Step {
  const { relayAccount, functionsAccount, invokerAccount, projectId } = settings;
  return {
    key: 'accounts',
    title: 'Create the service accounts and grant their roles',
    needs: ['apis'],
    permissions: [
      'iam.serviceAccounts.create',
      'iam.serviceAccounts.get',
      'iam.serviceAccounts.getIamPolicy',
      'iam.serviceAccounts.setIamPolicy',
      'resourcemanager.projects.getIamPolicy',
      'resourcemanager.projects.setIamPolicy',
    ],
    tasks: [
      ...accountTask(relayAccount, 'Agent Assist relay'),
      ...accountTask(functionsAccount, 'Agent Assist event functions'),
      ...accountTask(invokerAccount, 'Agent Assist event triggers'),
      dialogflowTask(relayAccount, projectId),
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

function describe(account: Account): Argv {
  return ['gcloud', 'iam', 'service-accounts', 'describe', account.email, '--format=json'];
}

const isOurs = (account: Reading | undefined) => at(json(account), 'description') === OWNED_DESCRIPTION;

/** Deleting an account leaves its grants on the project behind, so this one is taken back by itself. */
function dialogflowTask(account: Account, projectId: string): Task {
  const member = `serviceAccount:${account.email}`;
  const role = 'roles/dialogflow.agentAssistClient';
  const task = binding({
    title: 'Dialogflow for the relay',
    resource: ['projects'],
    target: [projectId],
    member,
    role,
    isProject: true,
  });
  return {
    ...task,
    undo: {
      title: `${role} of ${account.email}`,
      reads: [...task.reads, describe(account)],
      owner: ([policy, found]) => {
        if (!hasBinding(json(policy), member, role)) return 'gone';
        return isOurs(found) ? 'ours' : 'theirs';
      },
      argv: [
        ...['gcloud', 'projects', 'remove-iam-policy-binding', projectId],
        ...[`--member=${member}`, `--role=${role}`, '--condition=None'],
      ],
    },
  };
}

function accountTask(account: Account, displayName: string): Task[] {
  if (account.id === undefined) return [];
  return [
    {
      title: `service account ${account.id}`,
      reads: [describe(account)],
      isDone: exists,
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
        reads: [describe(account)],
        owner: ([found]) => {
          if (found?.found !== true) return 'gone';
          return isOurs(found) ? 'ours' : 'theirs';
        },
        argv: ['gcloud', 'iam', 'service-accounts', 'delete', account.email],
      },
    },
  ];
}
