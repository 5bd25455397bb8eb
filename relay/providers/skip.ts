import { type Config, type Settings, setting, text } from '../../shared/config.ts';
import type { ProviderKind } from './provider.ts';
import { allow } from './provider-setting.ts';

export const skipSettings = {
  cloudRunService: setting<string | undefined>('K_SERVICE', {
    schema: text,
    fallback: undefined,
    remedy: 'leave it to Cloud Run',
  }),
  skipOnCloudRun: setting<true | undefined>('AUTH_SKIP_ON_CLOUD_RUN', {
    schema: allow,
    fallback: undefined,
    remedy: 'set it to allow to let everybody in on Cloud Run, or leave it out',
  }),
} satisfies Settings;

/** `Skip` lets everybody in, with any credential or none. It verifies nothing and is for demonstrations. */
export const skip: ProviderKind<Config<typeof skipSettings>> = {
  opaque: true,
  faults: ({ cloudRunService, skipOnCloudRun }) =>
    cloudRunService === undefined || skipOnCloudRun === true
      ? []
      : [
          'AUTH_OPTION is Skip, which on Cloud Run (K_SERVICE is set) lets in the whole internet: ' +
            'set it to the provider of your users, or set AUTH_SKIP_ON_CLOUD_RUN to allow',
        ],
  create: () => ({ verify: async () => ({ subject: 'skip:anonymous' }) }),
};
