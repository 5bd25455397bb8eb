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
import { tracingSettings } from '../shared/tracing/settings.ts';
import { accessSettings } from './access/settings.ts';
import { adminSettings } from './admin/settings.ts';
import { originPattern } from './http/browsers/origin-check.ts';
import { pageSettings } from './http/pages/settings.ts';
import { metricsSettings } from './metrics/settings.ts';
import { endpointSettings } from './outbound-http/endpoints.ts';
import { authFaults, authSettings } from './providers/providers.ts';
import { limitSettings } from './rate-limits/settings.ts';
import { keySettings } from './secret-manager/settings.ts';
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

/** The settings of the relay beside those it shares with the functions. */
const ownSettings = {
  port: setting('PORT', {
    schema: integer(0, 65535),
    fallback: 8080,
    remedy: 'set it to a port number from 1 to 65535, or to 0 for any free port',
  }),
  jwtLifetimeSeconds: setting('JWT_LIFETIME_SECONDS', {
    schema: integer(1, 86_400),
    fallback: 3600,
    remedy: 'set it to how many seconds a token is valid, from 1 to 86400',
  }),
  allowedOrigins: setting<readonly string[] | undefined>('CORS_ALLOWED_ORIGINS', {
    schema: originList,
    fallback: undefined,
    remedy:
      'set it to origins separated by commas, such as https://desk.example.com,https://*.example.com, ' +
      'or leave it out to allow any origin',
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
  ...tracingSettings,
  ...endpointSettings,
  ...keySettings,
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
