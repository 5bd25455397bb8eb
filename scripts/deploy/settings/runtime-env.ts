// Which variables of the settings file reach the relay and the functions, and whether these would start with them.
import { functionSettings } from '../../../functions/config.ts';
import { readRelayConfig, relaySettings } from '../../../relay/config.ts';
import { readConfig, type Settings } from '../../../shared/config.ts';
import { ConfigError } from '../../../shared/errors.ts';

interface Target {
  projectId: string;
  redisSecurity: 'plain' | 'tls-auth';
  relayName: string;
}

/** What the deployment sets by itself, what the platform sets, and what is a secret: never taken from the file. */
const SET_BY_DEPLOYMENT = new Set([
  'GCP_PROJECT_ID',
  'REDISHOST',
  'REDISPORT',
  'REDIS_AUTH',
  'REDIS_AUTH_MODE',
  'GCE_METADATA_HOST',
  'REDIS_TLS_CA',
  'REDIS_SECURITY',
  'PORT',
  'K_SERVICE',
  'JWT_SECRET_KEY_PATH',
  // Of the file they name the secrets that the deployment makes; the relay's step passes them on.
  'JWT_SECRET_NAME',
  'ADMIN_TOKEN_NAME',
  'AUTHORIZER_TOKEN',
  'FIVE9_TRUST_TOKEN',
  'DIALOGFLOW_ENDPOINT',
  'DIALOGFLOW_WEBCHANNEL_ENDPOINT',
]);

/** Ports that METRICS_PORT cannot have: the relay's own on Cloud Run, and the one of the metrics sidecar's health. */
const TAKEN_PORTS: Readonly<Record<string, string>> = { '8080': 'the relay', '13133': 'the metrics sidecar' };

/** By variable that holds a secret: the one that names the secret of Secret Manager in its place. */
const SECRET_NAMES = {
  AUTHORIZER_TOKEN: 'AUTHORIZER_TOKEN_SECRET',
  FIVE9_TRUST_TOKEN: 'FIVE9_TRUST_TOKEN_NAME',
};

/**
 * A variable that is empty or not set is left out, so that the relay's own default stands: an empty one that is passed on
 * would hide it.
 */
function passedOn(table: Settings, env: Record<string, string | undefined>, target: Target) {
  const values: Record<string, string> = { GCP_PROJECT_ID: target.projectId };
  for (const { env: name } of Object.values(table)) {
    const value = env[name];
    if (value !== undefined && value !== '' && !SET_BY_DEPLOYMENT.has(name)) values[name] = value;
  }
  return { ...values, REDIS_SECURITY: target.redisSecurity };
}

export function relayEnv(env: Record<string, string | undefined>, target: Target): Record<string, string> {
  return passedOn(relaySettings, env, target);
}

export function functionEnv(env: Record<string, string | undefined>, target: Target): Record<string, string> {
  return passedOn(functionSettings, env, target);
}

/** What would keep the relay or the functions from starting, as they say it themselves. */
export function runtimeFaults(env: Record<string, string | undefined>, target: Target): string[] {
  // The password and the authority that `tls-auth` demands are secrets, which the deployment makes.
  const withoutSecrets = { REDIS_SECURITY: 'plain' };
  // The address of the service, where the file names no other: the relay's step fills it in.
  const ownAddress = { SERVICE_AUDIENCE: 'https://relay.example' };
  const faults = [
    ...faultsOf(() =>
      readRelayConfig({
        ...ownAddress,
        ...relayEnv(env, target),
        ...withoutSecrets,
        K_SERVICE: target.relayName,
      }),
    ),
    ...faultsOf(() => readConfig(functionSettings, { ...functionEnv(env, target), ...withoutSecrets })),
  ];
  const unprintable = Object.entries({ ...relayEnv(env, target), ...functionEnv(env, target) })
    .filter(([, value]) => value.includes('~~') || value.includes('{{'))
    .map(([name]) => `${name} is not valid: leave out "~~" and "{{", which the deployment uses itself`);
  const taken = TAKEN_PORTS[env.METRICS_PORT ?? ''];
  const portFaults =
    taken === undefined
      ? []
      : [
          `METRICS_PORT is ${env.METRICS_PORT}, which ${taken} has on Cloud Run: set it to another, or leave it out`,
        ];
  const exposed = Object.entries(SECRET_NAMES)
    .filter(([name]) => env[name] !== undefined && env[name] !== '')
    .map(
      ([name, nameOfSecret]) =>
        `${name} would be seen on a command line: put it into Secret Manager, and the name of the secret into ${nameOfSecret}`,
    );
  return [...new Set([...faults, ...unprintable, ...portFaults, ...exposed])];
}

function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
