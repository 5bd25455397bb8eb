// What is in a project before a test begins.
import type { DeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { configSecret } from '../../../scripts/deploy/steps/metrics-sidecar.ts';
import { agentOf, asObject, type State } from './state.ts';

/** APIs that have to be enabled. Others, such as Cloud Storage, are on in every new project. */
export const GATED: readonly string[] = [
  ...['artifactregistry', 'cloudbuild', 'cloudfunctions', 'cloudresourcemanager', 'compute', 'dialogflow'],
  ...['eventarc', 'iam', 'logging', 'monitoring', 'pubsub', 'redis', 'run', 'secretmanager', 'vpcaccess'],
  ...['networkconnectivity', 'serviceconsumermanagement'],
];

export function enableApis(state: State): void {
  for (const api of GATED) state.apis.add(`${api}.googleapis.com`);
}

/** What the steps before these would have made and these ask for, once, so that a test need not run them. */
export function haveSteps(state: State, settings: DeploySettings, steps: readonly string[]): void {
  const { projectId, region, vpcConnector, topics, deadLetterTopic } = settings;
  if (state.given.size > 0) return;
  const have = (name: string, value: Record<string, unknown> = {}) => {
    if (state.resources.has(name)) return;
    state.resources.set(name, { name, ...value });
    state.given.add(name);
  };
  if (!steps.includes('accounts')) haveAccounts(state, settings, have);
  if (!steps.includes('metrics-config')) haveMetricsConfig(state, settings, have);
  if (!steps.includes('topics'))
    for (const id of [...topics.values(), deadLetterTopic]) have(`projects/${projectId}/topics/${id}`);
  if (!steps.includes('connector'))
    have(`projects/${projectId}/locations/${region}/connectors/${vpcConnector}`, { state: 'READY' });
}

function haveMetricsConfig(
  state: State,
  settings: DeploySettings,
  have: (name: string, value?: Record<string, unknown>) => void,
): void {
  const secret = `projects/${settings.projectId}/secrets/${configSecret(settings)}`;
  have(secret, { labels: { 'made-by': 'agent-assist-relay' } });
  have(`${secret}/versions/1`, { state: 'ENABLED' });
  state.policies.set(secret, {
    ...{ version: 1, etag: state.etag() },
    bindings: [
      {
        role: 'roles/secretmanager.secretAccessor',
        members: [`serviceAccount:${settings.relayAccount.email}`],
      },
    ],
  });
}

function haveAccounts(
  state: State,
  settings: DeploySettings,
  have: (name: string, value?: Record<string, unknown>) => void,
): void {
  const { projectId, relayAccount, functionsAccount, invokerAccount, buildAccount } = settings;
  for (const { email } of [relayAccount, functionsAccount, invokerAccount, buildAccount])
    have(`projects/${projectId}/serviceAccounts/${email}`, { email, projectId });
  for (const service of ['eventarc', 'pubsub', 'dialogflow']) {
    const email = agentOf(service);
    state.agents.add(email);
    grant(state, projectId, `roles/${service}.serviceAgent`, email);
  }
  grant(state, projectId, 'roles/run.builder', buildAccount.email);
}

export function grant(state: State, project: string, role: string, email: string): void {
  const resource = `projects/${project}`;
  const member = `serviceAccount:${email}`;
  if (state.hasRole(resource, role, member)) return;
  const policy = asObject(state.policies.get(resource));
  const bindings = Array.isArray(policy.bindings) ? policy.bindings : [];
  state.policies.set(resource, {
    ...{ version: 1, etag: state.etag() },
    bindings: [...bindings, { role, members: [member] }],
  });
}

/** Takes a role of everybody away. */
export function revoke(state: State, project: string, role: string): void {
  const policy = state.policies.get(`projects/${project}`);
  if (Array.isArray(policy?.bindings))
    policy.bindings = policy.bindings.filter((entry: unknown) => asObject(entry).role !== role);
}
