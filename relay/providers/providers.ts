import * as v from 'valibot';
import { type Config, type Settings, setting } from '../../shared/config.ts';
import { five9, five9Settings } from './five9.ts';
import { genesysCloud, genesysCloudSettings } from './genesys-cloud.ts';
import { oidc } from './oidc/oidc.ts';
import { oidcSettings } from './oidc/oidc-settings.ts';
import type { ApplicationBody, IdentityProvider, ProviderContext } from './provider.ts';
import { chooseAmong } from './provider-choice.ts';
import { salesforce, salesforceSettings } from './salesforce.ts';
import { skip, skipSettings } from './skip.ts';
import { twilioAccount, twilioAccountSettings } from './twilio-account.ts';
import { twilioFlex, twilioFlexSettings } from './twilio-flex.ts';

// To add a provider, add its settings to the first table, and its kind with a name for AUTH_OPTION to the second.

const settingsOfProviders = {
  ...salesforceSettings,
  ...genesysCloudSettings,
  ...twilioFlexSettings,
  ...twilioAccountSettings,
  ...oidcSettings,
  ...five9Settings,
  ...skipSettings,
} satisfies Settings;

/** The values of AUTH_OPTION and the kind of each. Names of the same kind are one provider. */
const PROVIDERS = {
  Salesforce: salesforce,
  SalesforceLWC: salesforce,
  GenesysCloud: genesysCloud,
  Twilio: twilioFlex,
  OIDC: oidc,
  Five9: five9,
  Skip: skip,
};

/** The values of APP_AUTH_OPTION. */
const APP_PROVIDERS = { Twilio: twilioAccount };

export type AuthOption = keyof typeof PROVIDERS;
export type AppAuthOption = keyof typeof APP_PROVIDERS;

export const AUTH_OPTIONS = Object.keys(PROVIDERS) as AuthOption[];
export const APP_AUTH_OPTIONS = Object.keys(APP_PROVIDERS) as AppAuthOption[];

/** The settings of who may register. */
export const authSettings = {
  authOptions: setting<readonly AuthOption[]>('AUTH_OPTION', {
    schema: v.pipe(
      v.string(),
      v.transform((list) => [...new Set(list.split(',').map((option) => option.trim()))]),
      v.array(v.picklist(AUTH_OPTIONS)),
    ),
    fallback: [],
    remedy: `set it to ${AUTH_OPTIONS.join(', ')} (case matters) or several, separated by commas, or leave it out and nobody may register`,
  }),
  providerParameter: setting<'optional' | 'required'>('AUTH_PROVIDER_PARAMETER', {
    schema: v.picklist(['optional', 'required']),
    fallback: 'optional',
    remedy:
      'set it to required when every desktop names its provider, /register?provider=NAME, or to optional',
  }),
  appAuthOption: setting<AppAuthOption | undefined>('APP_AUTH_OPTION', {
    schema: v.picklist(APP_AUTH_OPTIONS),
    fallback: undefined,
    remedy: `set it to ${APP_AUTH_OPTIONS.join(', ')} (case matters), or leave it out and no application may register`,
  }),
  ...settingsOfProviders,
} satisfies Settings;

export type AuthConfig = Config<typeof authSettings>;

/** What is wrong with the combination of settings, as sentences that start with a variable's name. */
export function authFaults(config: AuthConfig): string[] {
  const { authOptions, appAuthOption, providerParameter } = config;
  const kinds = kindsOf(authOptions);
  const faults = kinds.flatMap(({ kind }) => kind.faults(config));
  if (appAuthOption !== undefined) faults.push(...APP_PROVIDERS[appAuthOption].faults(config));
  if (kinds.length > 1 && authOptions.includes('Skip')) {
    faults.push(
      'AUTH_OPTION has Skip and other providers, and Skip lets in everybody whom they refuse: set it to one or the other',
    );
  }
  if (kinds.filter(({ kind }) => kind.opaque).length > 1 && providerParameter === 'optional') {
    faults.push(
      'AUTH_PROVIDER_PARAMETER is not set, and AUTH_OPTION has several providers whose tokens do not tell them ' +
        'apart: set it to required and let every desktop call /register?provider=NAME',
    );
  }
  return faults;
}

/** The providers that AUTH_OPTION names, as one. Without any nobody may register. */
export function createProviders(config: AuthConfig, context: ProviderContext): IdentityProvider {
  const candidates = kindsOf(config.authOptions).map(({ names, kind }) => ({
    names,
    opaque: kind.opaque,
    provider: kind.create(config, context),
  }));
  // Skip accepts what is no credential, even none. authFaults() makes sure that it is alone.
  const [only] = candidates;
  return only !== undefined && config.authOptions[0] === 'Skip'
    ? only.provider
    : chooseAmong(candidates, context.logger);
}

/** The provider that APP_AUTH_OPTION names. Without one no application may register. */
export function createAppProvider(
  config: AuthConfig,
  context: ProviderContext,
): IdentityProvider<ApplicationBody> {
  const { appAuthOption } = config;
  if (appAuthOption === undefined) return { verify: async () => undefined };
  return APP_PROVIDERS[appAuthOption].create(config, context);
}

function kindsOf(options: readonly AuthOption[]) {
  const kinds = new Set(options.map((option) => PROVIDERS[option]));
  return [...kinds].map((kind) => ({ kind, names: options.filter((option) => PROVIDERS[option] === kind) }));
}
