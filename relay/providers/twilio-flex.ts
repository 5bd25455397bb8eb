import { type Config, type Settings, setting } from '../../shared/config.ts';
import type { ProviderKind } from './provider.ts';
import { isName, jsonFields } from './provider-answer.ts';
import { ProviderClient } from './provider-client.ts';
import { hostName, missing } from './provider-setting.ts';

export const twilioFlexSettings = {
  twilioFlexEnvironment: setting<string | undefined>('TWILIO_FLEX_ENVIRONMENT', {
    schema: hostName(/^(?:[a-z0-9-]+\.)+twil\.io$/),
    fallback: undefined,
    remedy:
      'set it to the host name of the Twilio Functions that serve /verify, such as agent-assist-1234.twil.io',
  }),
} satisfies Settings;

/**
 * `Twilio`: the token of a Flex user, which the customer's own Twilio Function `/verify` passes to
 * `twilio-flex-token-validator`. The token is encrypted, so only the function can tell whose it is. Where it answers
 * with the validator's result, the user is its `worker_sid`, `realm_user_id` or `identity`. Where it answers with a
 * status only, which is what Google's reference reads, all agents share one identity.
 *
 * @see {@link https://www.twilio.com/docs/flex/developer/plugins/call-functions}
 * @see {@link https://github.com/twilio/twilio-flex-token-validator} for what the validator finds
 */
export const twilioFlex: ProviderKind<Config<typeof twilioFlexSettings>> = {
  opaque: true,
  faults: (config) =>
    missing(twilioFlexSettings.twilioFlexEnvironment, config.twilioFlexEnvironment, 'Twilio'),
  create: ({ twilioFlexEnvironment }, context) => {
    const client = new ProviderClient('twilio', context);
    return {
      async verify(credential) {
        const answer = await client.ask(`https://${twilioFlexEnvironment}/verify`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ Token: credential }),
        });
        if (answer === undefined) return undefined;
        const { valid, worker_sid, realm_user_id, identity } = jsonFields(answer);
        // A function that passes the validator's result on without reading it.
        if (valid !== undefined && valid !== true) {
          return client.refuse('the function does not say that the token is valid');
        }
        const user = [worker_sid, realm_user_id, identity].find(isName);
        return {
          subject: ['twilio', twilioFlexEnvironment, ...(user === undefined ? [] : [user])].join(':'),
        };
      },
    };
  },
};
