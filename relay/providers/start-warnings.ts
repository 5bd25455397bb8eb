import type { AuthConfig } from './providers.ts';

export type WarnedProviders = Pick<
  AuthConfig,
  'authOptions' | 'cloudRunService' | 'genesysAnyOrganization' | 'oidcConversationsClaim'
>;

/** Warnings about providers that let in more people than their name says, one line for the log each. */
export function providerWarnings(config: WarnedProviders): string[] {
  const warnings: string[] = [];
  if (config.authOptions.includes('Skip')) {
    const who =
      config.cloudRunService === undefined
        ? 'everyone who can reach the relay'
        : 'the whole internet (AUTH_SKIP_ON_CLOUD_RUN)';
    warnings.push(
      `AUTH_OPTION is Skip: ${who} may read every conversation. Set it to the provider of the agents`,
    );
  }
  if (config.authOptions.includes('GenesysCloud') && config.genesysAnyOrganization === true) {
    warnings.push(
      'GENESYS_CLOUD_ANY_ORGANIZATION is set: users of every Genesys customer in the region may read every ' +
        'conversation. Set GENESYS_CLOUD_ORGANIZATION_ID instead',
    );
  }
  if (config.authOptions.includes('Five9')) {
    warnings.push(
      'AUTH_OPTION is Five9: anyone who knows the trust token may read every conversation, and it is not known who they ' +
        'are. All agents share one identity in the audit log, for the authorizer and in revocations',
    );
  }
  return warnings;
}

/** Whether every token lists the conversations that it opens, or the warning about Skip says that it opens all. */
export function listsConversations({ authOptions, oidcConversationsClaim }: WarnedProviders): boolean {
  return authOptions.every(
    (option) => option === 'Skip' || (option === 'OIDC' && oidcConversationsClaim !== undefined),
  );
}
