import * as v from 'valibot';
import { type Config, type Settings, setting, text } from '../../shared/config.ts';
import { isShown } from '../identity/rotation/shared-secret.ts';
import { secretSetting } from '../secret-manager/secret-setting.ts';
import type { ProviderKind } from './provider.ts';

export const five9Settings = {
  five9TrustToken: setting<string | undefined>('FIVE9_TRUST_TOKEN', {
    schema: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{32,4096}$/)),
    fallback: undefined,
    remedy: 'set it to at least 32 random characters without spaces; make them with: openssl rand -hex 32',
  }),
  five9TrustTokenPath: setting<string | undefined>('FIVE9_TRUST_TOKEN_PATH', {
    schema: text,
    fallback: undefined,
    remedy: 'set it to the file that holds the trust token, or leave it out',
  }),
  five9TrustTokenName: secretSetting('FIVE9_TRUST_TOKEN_NAME', 'FIVE9_TRUST_TOKEN_PATH'),
} satisfies Settings;

const SOURCES = Object.values(five9Settings).map(({ env }) => env);

/**
 * `Five9`: a secret that Five9's adapter and the relay share, the trust token. It is the same for all agents, so it proves
 * that the caller comes from the adapter and says nothing about the person.
 */
export const five9: ProviderKind<Config<typeof five9Settings>> = {
  opaque: true,
  faults: ({ five9TrustToken, five9TrustTokenPath, five9TrustTokenName }) => {
    const given = [five9TrustToken, five9TrustTokenPath, five9TrustTokenName].filter(Boolean);
    if (given.length === 1) return [];
    const what =
      given.length === 0
        ? `${SOURCES[0]} is not set, and Five9 needs it`
        : `${SOURCES[0]} is set in several ways`;
    return [`${what}: set one of ${SOURCES.join(', ')}`];
  },
  create: (_config, { logger, trustToken }) => ({
    async verify(credential) {
      if (trustToken !== undefined && (await isShown(trustToken, credential)))
        return { subject: 'five9:trust-token' };
      logger.info({ provider: 'five9', reason: 'not the trust token' }, 'registration refused');
      return undefined;
    },
  }),
};
