import { json, type Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { binding, hasBinding } from './predicates.ts';

export const DIALOGFLOW_AGENT = agent('gcp-sa-dialogflow');
export const PUBSUB_AGENT = agent('gcp-sa-pubsub');
const EVENTARC_AGENT = agent('gcp-sa-eventarc');

function agent(domain: string): string {
  return `serviceAccount:service-{{PROJECT_NUMBER}}@${domain}.iam.gserviceaccount.com`;
}

interface ServiceAgent {
  /** As a title begins with it. */
  owner: string;
  api: string;
  member: string;
  role: string;
}

const AGENTS: readonly ServiceAgent[] = [
  {
    owner: 'Eventarc',
    api: 'eventarc.googleapis.com',
    member: EVENTARC_AGENT,
    role: 'roles/eventarc.serviceAgent',
  },
  { owner: 'Pub/Sub', api: 'pubsub.googleapis.com', member: PUBSUB_AGENT, role: 'roles/pubsub.serviceAgent' },
  {
    owner: 'Dialogflow',
    api: 'dialogflow.googleapis.com',
    member: DIALOGFLOW_AGENT,
    role: 'roles/dialogflow.serviceAgent',
  },
];

/**
 * Google's own accounts that work for the project. Each comes to exist when its service is first used, which an empty
 * project has not done, and a role cannot be granted before. One that is made on request gets no role by itself, so that
 * the role which it would have is granted here. Whether one exists cannot be asked; that it has its role tells.
 *
 * Sources: IAM, "Create and grant roles to service agents"; for Eventarc also "Access control with IAM", "Eventarc service
 * agent": it is made with the first trigger, and that trigger fails until its rights are known everywhere.
 */
export function serviceAgentTasks({ projectId }: Pick<DeploySettings, 'projectId'>): Task[] {
  return AGENTS.flatMap(({ owner, api, member, role }) => {
    const granted = binding({
      title: `${role} for ${owner}'s service agent`,
      resource: ['projects'],
      target: [projectId],
      member,
      role,
      isProject: true,
    });
    return [
      {
        title: `${owner}'s service agent`,
        uses: ['PROJECT_NUMBER'],
        reads: granted.reads,
        isDone: ([policy], fill) => hasBinding(json(policy), fill(member), role),
        isNew: () => true,
        // GA has no such command: `gcloud services identity create --help` is of beta.
        change: { argv: ['gcloud', 'beta', 'services', 'identity', 'create', `--service=${api}`] },
      } satisfies Task,
      granted,
    ];
  });
}
