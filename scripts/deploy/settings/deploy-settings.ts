import { readConfig } from '../../../shared/config.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { EVENT_KINDS, type EventKind } from '../../../shared/event.ts';
import { imageFaults } from './image-reference.ts';
import { nameFaults } from './names.ts';
import { platformFaults } from './platform-limits.ts';
import { functionEnv, relayEnv, runtimeFaults } from './runtime-env.ts';
import { type DeployConfig, deploySettings } from './settings-table.ts';

export interface DeploySettings extends DeployConfig {
  /** The topic of each kind that is deployed. */
  topics: ReadonlyMap<EventKind, string>;
  relayAccount: Account;
  functionsAccount: Account;
  invokerAccount: Account;
  /** Builds the relay and the functions. */
  buildAccount: Account;
  /** What relay and functions are given beside the address and secrets of Redis. */
  relayEnv: Readonly<Record<string, string>>;
  functionEnv: Readonly<Record<string, string>>;
}

/** Whether the deployment makes a Memorystore instance, or takes the one of that name. */
export function usesOwnRedis({ redisHost }: DeploySettings): boolean {
  return redisHost === undefined;
}

/** Whether the deployment makes a Redis Cluster, or takes the one of that name. */
export function usesOwnCluster(settings: DeploySettings): boolean {
  return usesOwnRedis(settings) && settings.redisKind === 'cluster';
}

/** A service account. One that was given by its address exists already and is not made. */
export interface Account {
  email: string;
  id?: string;
}

/** @throws {ConfigError} naming every variable that is wrong, of the deployment, the relay and the functions. */
export function readDeploySettings(env: Record<string, string | undefined>): DeploySettings {
  const { config, faults: own } = readAll(env);
  const topicOf = (kind: EventKind) =>
    ({
      'human-agent-assistant-event': config.suggestionTopic,
      'new-message-event': config.messageTopic,
      'conversation-lifecycle-event': config.lifecycleTopic,
      'new-recognition-result-notification-event': config.recognitionTopic,
    })[kind];
  const topics = new Map(
    EVENT_KINDS.map((kind) => [kind, topicOf(kind)] as const).filter(([, id]) => id !== 'none'),
  );
  const faults = new Set([
    ...own,
    ...platformFaults(config, topics),
    ...imageFaults(config),
    ...nameFaults(config, topics.keys()),
    ...runtimeFaults(env, config),
  ]);
  if (faults.size > 0) throw new ConfigError([...faults]);
  const account = (id: string, address?: string): Account =>
    address === undefined ? { id, email: `${id}@${accountDomain(config.projectId)}` } : { email: address };
  return Object.freeze({
    ...config,
    // A file that holds the token stands in for the secret.
    adminTokenSecret: env.ADMIN_TOKEN_PATH && !env.ADMIN_TOKEN_NAME ? 'none' : config.adminTokenSecret,
    topics,
    relayAccount: account(config.relayAccountId ?? config.relayAccountName, config.relayAccountEmail),
    functionsAccount: account(
      config.functionsAccountId ?? config.functionsAccountName,
      config.functionsAccountEmail,
    ),
    invokerAccount: account(config.invokerName),
    buildAccount: account(config.buildAccountName, config.buildAccountEmail),
    relayEnv: relayEnv(env, config),
    functionEnv: functionEnv(env, config),
  });
}

/** What a wrong project is read as, so that the rest can be looked at, too. */
const SOME_PROJECT = 'some-project';

/** The deployment's own settings; where one is wrong, its default stands, so that all others are looked at as well. */
function readAll(env: Record<string, string | undefined>): {
  config: DeployConfig;
  faults: readonly string[];
} {
  try {
    return { config: readConfig(deploySettings, env), faults: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const wrong = Object.fromEntries(error.faults.map((fault) => [fault.split(' ')[0] ?? '', undefined]));
    const project = 'GCP_PROJECT_ID' in wrong ? { GCP_PROJECT_ID: SOME_PROJECT } : {};
    return { config: readConfig(deploySettings, { ...env, ...wrong, ...project }), faults: error.faults };
  }
}

/** In a domain-scoped project, `example.com:project`, the parts change places. */
function accountDomain(project: string): string {
  return `${project.split(':').reverse().join('.')}.iam.gserviceaccount.com`;
}
