import type { Dispatcher } from 'undici';
import { readRelayConfig } from '../../../relay/config.ts';
import { PROVIDER_LIMITS, type ProviderLimits } from '../../../relay/providers/limits.ts';
import { createAppProvider, createProviders } from '../../../relay/providers/providers.ts';
import { createLogger } from '../../../shared/log.ts';
import { GENESYS, SALESFORCE, TWILIO } from '../../helpers/provider-servers.ts';

/** All that the providers of AUTH_OPTION and APP_AUTH_OPTION need. */
export const PROVIDER_ENV = {
  GCP_PROJECT_ID: 'demo-project',
  SALESFORCE_DOMAIN: SALESFORCE.domain,
  SALESFORCE_ORGANIZATION_ID: SALESFORCE.longOrganization,
  GENESYS_CLOUD_ENVIRONMENT: GENESYS.environment,
  GENESYS_CLOUD_ORGANIZATION_ID: GENESYS.organization,
  TWILIO_FLEX_ENVIRONMENT: TWILIO.environment,
  TWILIO_ACCOUNT_SID: TWILIO.account,
  OIDC_ISSUER: 'https://example.okta.com/oauth2/default',
  OIDC_AUDIENCE: 'api://agent-assist',
  FIVE9_TRUST_TOKEN: 'a-trust-token-of-thirty-two-characters-or-more',
};

/** The limits of providers, with this time for each answer. */
export function limitsWithin(timeoutMs: number): ProviderLimits {
  return { ...PROVIDER_LIMITS, timeoutMs, oidcReadMs: timeoutMs, oidcWaitMs: 2 * timeoutMs };
}

/** The providers of an environment, with every line that they log. */
export function setUp(
  env: Record<string, string>,
  { dispatcher, timeoutMs }: { dispatcher: Dispatcher; timeoutMs?: number },
) {
  const lines: string[] = [];
  const logger = createLogger('relay', 'debug', { write: (line) => lines.push(line) });
  const context = {
    dispatcher,
    logger,
    // Time for a busy machine: the limits themselves are the subject of a few tests.
    limits: limitsWithin(timeoutMs ?? 30_000),
  };
  const config = readRelayConfig({ ...PROVIDER_ENV, ...env });
  return {
    lines,
    providers: createProviders(config, context),
    appProvider: createAppProvider(config, context),
  };
}
