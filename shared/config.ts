import * as v from 'valibot';
import { readCertificates } from './certificates.ts';
import { ConfigError } from './errors.ts';
import { redisHostFault } from './redis-host.ts';

/** One environment variable: its name, how its text becomes a value, and what to tell an operator who got it wrong. */
export interface Setting<T> {
  env: string;
  schema: v.GenericSchema<string, T>;
  /** Value when the variable is unset or empty; a setting without one is required. */
  fallback?: T;
  /** What to set it to, as the end of a sentence that starts with the variable's name. */
  remedy: string;
  /** What is wrong with a text that the schema refuses, where that can be said without showing it. */
  faultOf?: (text: string) => string | undefined;
  /** By value: the variables that must be set, too, where this one is set to it. */
  companions?: Readonly<Record<string, readonly Companion[]>>;
}

/** A variable, or one that need not be set where another has a certain value. */
export type Companion = string | { env: string; unless: readonly [env: string, value: string] };

export type Settings = Record<string, Setting<unknown>>;

/** The frozen configuration that {@link readConfig} makes of a table of settings. */
export type Config<S extends Settings> = Readonly<{
  [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
}>;

/** Declares a setting; exists so that the type of `fallback` is checked against the schema's. */
export function setting<T>(
  env: string,
  declaration: Omit<Setting<T>, 'env' | 'fallback'> & { fallback?: NoInfer<T> },
): Setting<T> {
  return { env, ...declaration };
}

/**
 * Reads every setting of the table from `env`. A variable set to the empty string counts as unset, because
 * deployment scripts pass on what nobody has filled in.
 *
 * @throws {ConfigError} naming every faulty variable with its remedy, and never a value, which may be a secret.
 */
export function readConfig<S extends Settings>(
  settings: S,
  env: Record<string, string | undefined>,
): Config<S> {
  const faults: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [property, declared] of Object.entries(settings)) {
    const text = env[declared.env];
    if (text === undefined || text === '') {
      if ('fallback' in declared) config[property] = declared.fallback;
      else faults.push(`${declared.env} is not set: ${declared.remedy}`);
      continue;
    }
    const result = v.safeParse(declared.schema, text);
    if (!result.success) {
      const fault = declared.faultOf?.(text);
      const reasons = fault === undefined ? [declared.remedy] : [fault, declared.remedy];
      faults.push(`${declared.env} is not valid: ${reasons.join('; ')}`);
      continue;
    }
    config[property] = result.output;
    for (const companion of declared.companions?.[text] ?? []) {
      const fault = companionFault(companion, env);
      if (fault !== undefined) faults.push(`${fault}: ${declared.env}=${text} needs it`);
    }
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(config) as Config<S>;
}

function companionFault(companion: Companion, env: Record<string, string | undefined>): string | undefined {
  const needed = typeof companion === 'string' ? { env: companion } : companion;
  const [other, value] = 'unless' in needed ? needed.unless : [];
  const isSet = env[needed.env] !== undefined && env[needed.env] !== '';
  return isSet || (other !== undefined && env[other] === value) ? undefined : `${needed.env} is not set`;
}

/** A whole decimal number within bounds. */
export function integer(min: number, max: number): v.GenericSchema<string, number> {
  return v.pipe(
    v.string(),
    v.regex(/^-?\d+$/),
    v.transform(Number),
    v.number(),
    v.minValue(min),
    v.maxValue(max),
  );
}

export const text: v.GenericSchema<string, string> = v.string();

/** Google Cloud's project id, also of the older domain-scoped form `example.com:project`. */
export const projectId: v.GenericSchema<string, string> = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9.:-]*$/));

/** Whether the connection to Redis must be TLS and have a password, or is what the other variables make of it. */
export type RedisSecurity = 'plain' | 'tls-auth';

/** Whether connections to Redis show a password, or an access token of the service account. */
export type RedisAuthMode = 'password' | 'iam';

/** Google's own address of the metadata server, which needs no name service. */
export const METADATA_HOST = '169.254.169.254';

/** The settings that the functions and the relay share. */
export const sharedSettings = {
  projectId: setting('GCP_PROJECT_ID', {
    schema: projectId,
    remedy: 'set it to the id (not the number) of the Google Cloud project, e.g. my-project',
  }),
  projectNumber: setting<string | undefined>('GCP_PROJECT_NUMBER', {
    schema: v.pipe(v.string(), v.regex(/^\d+$/)),
    fallback: undefined,
    remedy: "set it to the project's number, digits only, or leave it out",
  }),
  redisHost: setting('REDISHOST', {
    schema: v.pipe(
      v.string(),
      v.check((host) => redisHostFault(host) === undefined),
    ),
    faultOf: redisHostFault,
    fallback: 'localhost',
    remedy: 'set it to the host name or address of Redis',
  }),
  redisPort: setting('REDISPORT', {
    schema: integer(1, 65535),
    fallback: 6379,
    remedy: 'set it to a port number from 1 to 65535',
  }),
  redisAuth: setting<string | undefined>('REDIS_AUTH', {
    schema: text,
    fallback: undefined,
    remedy: 'set it to the AUTH string of Redis, or leave it out',
  }),
  redisAuthMode: setting<RedisAuthMode>('REDIS_AUTH_MODE', {
    schema: v.picklist(['password', 'iam']),
    fallback: 'password',
    remedy:
      'set it to iam, which requires REDIS_TLS_CA, where Memorystore authenticates with IAM, or to password',
    // Without TLS anybody on the network could read the token, which opens all that the service account may do.
    companions: { iam: ['REDIS_TLS_CA'] },
  }),
  metadataHost: setting('GCE_METADATA_HOST', {
    schema: v.pipe(v.string(), v.regex(/^[\w.-]+(:\d{1,5})?$/)),
    fallback: METADATA_HOST,
    remedy: "set it to the HOST or HOST:PORT of Google's metadata server, or leave it out",
  }),
  redisTlsCa: setting<string | undefined>('REDIS_TLS_CA', {
    schema: v.pipe(
      v.string(),
      v.transform(readCertificates),
      v.check((read) => 'pem' in read),
      v.transform((read) => ('pem' in read ? read.pem : undefined)),
    ),
    faultOf: (text) => {
      const read = readCertificates(text);
      return 'fault' in read ? read.fault : undefined;
    },
    fallback: undefined,
    remedy:
      'set it to the PEM text of the certificate authority of Redis, or leave it out for a plain connection',
  }),
  redisCluster: setting('REDIS_CLUSTER', {
    schema: v.pipe(
      v.picklist(['true', 'false']),
      v.transform((value) => value === 'true'),
    ),
    fallback: false,
    remedy:
      'set it to true when REDISHOST is a node or the discovery endpoint of a Redis Cluster, or to false',
  }),
  redisSecurity: setting<RedisSecurity>('REDIS_SECURITY', {
    schema: v.picklist(['plain', 'tls-auth']),
    fallback: 'plain',
    remedy:
      'set it to tls-auth, which requires REDIS_AUTH (or REDIS_AUTH_MODE=iam) and REDIS_TLS_CA, or to plain, which requires neither',
    companions: {
      'tls-auth': [{ env: 'REDIS_AUTH', unless: ['REDIS_AUTH_MODE', 'iam'] }, 'REDIS_TLS_CA'],
    },
  }),
  logLevel: setting('LOG_LEVEL', {
    schema: v.picklist(['debug', 'info', 'warn', 'error']),
    fallback: 'info',
    remedy: 'set it to debug, info, warn or error',
  }),
} satisfies Settings;

/** The settings of the event log, the same wherever it is written. */
export const historySettings = {
  historySize: setting('HISTORY_SIZE', {
    schema: integer(0, 100_000),
    fallback: 1000,
    remedy: 'set it to how many events of a conversation are kept, from 0 to 100000',
  }),
  historyTtlSeconds: setting('HISTORY_TTL_SECONDS', {
    schema: integer(60, 30 * 86_400),
    fallback: 86_400,
    remedy: 'set it to how many seconds a conversation is kept after its last event, from 60 to 2592000',
  }),
} satisfies Settings;
