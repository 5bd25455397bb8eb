import * as v from 'valibot';
import { type Config, type Settings, setting } from '../../shared/config.ts';
import type { ProviderKind } from './provider.ts';
import { isName, jsonFields } from './provider-answer.ts';
import { ProviderClient } from './provider-client.ts';
import { hostName, missing } from './provider-setting.ts';
import { salesforceId } from './salesforce-id.ts';

export const salesforceSettings = {
  salesforceDomain: setting<string | undefined>('SALESFORCE_DOMAIN', {
    // NAME.my.salesforce.com, also on Hyperforce, with `sandbox`, `develop` or the like before `my`. my.site.com is
    // Experience Cloud, salesforce.mil is Government Cloud Plus - Defense, sfcrmproducts.cn is Salesforce on Alibaba
    // Cloud. Source: Salesforce Help, "My Domain URL Formats".
    schema: hostName(
      /^(?:[a-z0-9-]+\.)+(?:salesforce\.com|salesforce\.mil|my\.site\.com|sfcrmproducts\.cn)$/,
    ),
    fallback: undefined,
    remedy: 'set it to the host name of My Domain, such as example.my.salesforce.com',
  }),
  salesforceOrganizationId: setting<string | undefined>('SALESFORCE_ORGANIZATION_ID', {
    schema: v.pipe(
      v.string(),
      v.startsWith('00D'),
      v.transform((id) => salesforceId(id) ?? ''),
      v.nonEmpty(),
    ),
    fallback: undefined,
    remedy:
      'set it to the id of the organization, 15 or 18 characters that start with 00D, in their exact case',
  }),
} satisfies Settings;

/**
 * `Salesforce` (Canvas) and `SalesforceLWC`: the access token of a user's session, which Salesforce's UserInfo endpoint
 * verifies. Google's reference sends the two in different ways; here both go into the header. An access token may also
 * be a JWT, whose issuer is My Domain.
 *
 * @see {@link https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm}
 * @see {@link https://help.salesforce.com/s/articleView?id=xcloud.jwt_access_tokens.htm}
 */
export const salesforce: ProviderKind<Config<typeof salesforceSettings>> = {
  opaque: true,
  faults: (config) => [
    ...missing(salesforceSettings.salesforceDomain, config.salesforceDomain, 'Salesforce'),
    ...missing(salesforceSettings.salesforceOrganizationId, config.salesforceOrganizationId, 'Salesforce'),
  ],
  create: ({ salesforceDomain, salesforceOrganizationId }, context) => {
    const origin = `https://${salesforceDomain}`;
    const client = new ProviderClient('salesforce', context);
    return {
      issuers: [origin],
      async verify(credential) {
        const answer = await client.ask(`${origin}/services/oauth2/userinfo`, {
          method: 'GET',
          headers: { accept: 'application/json', authorization: `Bearer ${credential}` },
        });
        if (answer === undefined) return undefined;
        const { organization_id, user_id, active } = jsonFields(answer);
        const organization = salesforceId(organization_id);
        if (organization === undefined || !isName(user_id)) return client.refuse('unexpected answer');
        if (organization !== salesforceOrganizationId) return client.refuse('another organization');
        if (active !== undefined && active !== true) return client.refuse('the user is not active');
        return { subject: `salesforce:${organization}:${salesforceId(user_id) ?? user_id}` };
      },
    };
  },
};
