import * as v from 'valibot';
import { type Config, type Settings, setting } from '../../shared/config.ts';
import type { ProviderKind } from './provider.ts';
import { isName, jsonFields } from './provider-answer.ts';
import { ProviderClient } from './provider-client.ts';
import { allow, hostName, missing, uuid } from './provider-setting.ts';

export const genesysCloudSettings = {
  genesysEnvironment: setting<string | undefined>('GENESYS_CLOUD_ENVIRONMENT', {
    // The five oldest regions have names of their own. Later regions, FedRAMP's included, are REGION.pure.cloud or
    // REGION.CLOUD-pure.cloud. Source: PureCloudRegionHosts in Genesys' own client, purecloud-platform-client-v2.
    schema: hostName(
      /^(?:mypurecloud\.(?:com|com\.au|de|ie|jp)|[a-z]{2,5}[0-9]\.(?:us-gov-|maximus-)?pure\.cloud)$/,
    ),
    fallback: undefined,
    remedy: "set it to the region's domain, such as mypurecloud.com or usw2.pure.cloud",
  }),
  genesysOrganizationId: setting<string | undefined>('GENESYS_CLOUD_ORGANIZATION_ID', {
    schema: uuid,
    fallback: undefined,
    remedy:
      'set it to the id of the organization, a UUID, ' +
      'or set GENESYS_CLOUD_ANY_ORGANIZATION to allow to let in the users of every Genesys customer',
  }),
  genesysAnyOrganization: setting<true | undefined>('GENESYS_CLOUD_ANY_ORGANIZATION', {
    schema: allow,
    fallback: undefined,
    remedy: 'set it to allow to let in the users of every Genesys customer, or leave it out',
  }),
} satisfies Settings;

/**
 * `GenesysCloud`: the access token of a user. All customers of a region share the API host, so only users of the
 * configured organization are let in. A token of client credentials has no user, and Genesys refuses it.
 *
 * @see {@link https://developer.mypurecloud.com/api/rest/v2/users/}
 */
export const genesysCloud: ProviderKind<Config<typeof genesysCloudSettings>> = {
  opaque: true,
  faults: (config) => [
    ...missing(genesysCloudSettings.genesysEnvironment, config.genesysEnvironment, 'GenesysCloud'),
    ...(config.genesysAnyOrganization
      ? []
      : missing(genesysCloudSettings.genesysOrganizationId, config.genesysOrganizationId, 'GenesysCloud')),
  ],
  create: ({ genesysEnvironment, genesysOrganizationId }, context) => {
    const url = `https://api.${genesysEnvironment}/api/v2/users/me?expand=organization`;
    const client = new ProviderClient('genesys', context);
    return {
      async verify(credential) {
        const answer = await client.ask(url, {
          method: 'GET',
          headers: { accept: 'application/json', authorization: `Bearer ${credential}` },
        });
        if (answer === undefined) return undefined;
        const parsed = v.safeParse(ANSWER, jsonFields(answer));
        if (!parsed.success) return client.refuse('unexpected answer');
        const { id: user, organization } = parsed.output;
        if (genesysOrganizationId !== undefined && organization.id !== genesysOrganizationId) {
          return client.refuse('another organization');
        }
        return { subject: `genesys:${organization.id}:${user}` };
      },
    };
  },
};

const ANSWER = v.object({ id: v.custom<string>(isName), organization: v.object({ id: uuid }) });
