import * as v from 'valibot';
import {
  type Config,
  historySettings,
  integer,
  readConfig,
  type Settings,
  setting,
  sharedSettings,
  text,
} from '../shared/config.ts';
import { ConfigError } from '../shared/errors.ts';
import { accessSettings } from './access/settings.ts';
import { adminSettings } from './admin/settings.ts';
import { originPattern } from './http/browsers/origin-check.ts';
import { pageSettings } from './http/pages/settings.ts';
import { metricsSettings } from './metrics/settings.ts';
import { authFaults, authSettings } from './providers/providers.ts';
import { limitSettings } from './rate-limits/settings.ts';
import { secretSetting } from './secret-manager/secret-setting.ts';
import { serviceFaults, serviceSettings } from './service-callers/settings.ts';
import { resumeSettings } from './session/resume/settings.ts';

const originList = v.pipe(
  v.string(),
  v.transform((list) =>
    list
      .split(',')
      .filter((entry) => entry.trim() !== '')
      .map(originPattern),
  ),
  v.minLength(1),
  v.array(v.string()),
);

/** An origin's URL: scheme, host and port, as `https://host:port` without a slash at the end. */
const baseUrl = v.pipe(
  v.string(),
  v.url(),
  v.transform((url) => new URL(url)),
  v.check(({ protocol }) => protocol === 'http:' || protocol === 'https:'),
  v.check(({ username, password }) => username === '' && password === ''),
  v.check(({ pathname, search, hash }) => pathname === '/' && search === '' && hash === ''),
  v.transform(({ origin }) => origin),
);

/** The settings of the relay beside those it shares with the functions. */
const ownSettings = {
  port: setting('PORT', {
    schema: integer(0, 65535),
    fallback: 8080,
    remedy: 'set it to a port number from 1 to 65535, or to 0 for any free port',
  }),
  jwtSecretKeyPath: setting('JWT_SECRET_KEY_PATH', {
    schema: text,
    fallback: '/secret/jwt_secret_key',
    remedy: 'set it to the file that holds the key which signs the tokens',
  }),
  jwtSecretName: secretSetting('JWT_SECRET_NAME', 'JWT_SECRET_KEY_PATH'),
  jwtLifetimeSeconds: setting('JWT_LIFETIME_SECONDS', {
    schema: integer(1, 86_400),
    fallback: 3600,
    remedy: 'set it to how many seconds a token is valid, from 1 to 86400',
  }),
  sessionMaxSeconds: setting('SESSION_MAX_SECONDS', {
    schema: integer(0, 7 * 86_400),
    fallback: 43_200,
    remedy:
      'set it to how many seconds after its issue a token may still go on with its conversations on Socket.IO, ' +
      'up to 604800, or to 0 for not at all once it has expired',
  }),
  allowedOrigins: setting<readonly string[] | undefined>('CORS_ALLOWED_ORIGINS', {
    schema: originList,
    fallback: undefined,
    remedy:
      'set it to origins separated by commas, such as https://desk.example.com,https://*.example.com, ' +
      'or leave it out to allow any origin',
  }),
  dialogflowEndpoint: setting<string | undefined>('DIALOGFLOW_ENDPOINT', {
    schema: baseUrl,
    fallback: undefined,
    remedy:
      'set it to an http or https URL without user, path or query, such as http://127.0.0.1:9000, ' +
      "or leave it out for Google's own",
  }),
  loggingFile: setting<string | undefined>('LOGGING_FILE', {
    schema: text,
    fallback: undefined,
    remedy: 'set it to the file for the log, or leave it out for standard output',
  }),
} satisfies Settings;

/** The settings of the relay. */
export const relaySettings = {
  ...sharedSettings,
  ...historySettings,
  ...ownSettings,
  ...authSettings,
  ...accessSettings,
  ...adminSettings,
  ...limitSettings,
  ...resumeSettings,
  ...pageSettings,
  ...metricsSettings,
  ...serviceSettings,
};

export type RelayConfig = Config<typeof relaySettings>;

/** @throws {ConfigError} naming every variable that is wrong. */
export function readRelayConfig(env: Record<string, string | undefined>): RelayConfig {
  const config = readConfig(relaySettings, env);
  const faults = [...authFaults(config), ...serviceFaults(config)];
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}
