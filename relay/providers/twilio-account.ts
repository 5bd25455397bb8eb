import * as v from 'valibot';
import { type Config, type Settings, setting } from '../../shared/config.ts';
import type { ApplicationBody, ProviderKind } from './provider.ts';
import { jsonFields } from './provider-answer.ts';
import { ProviderClient } from './provider-client.ts';
import { missing } from './provider-setting.ts';

export const twilioAccountSettings = {
  twilioAccountSid: setting<string | undefined>('TWILIO_ACCOUNT_SID', {
    schema: v.pipe(v.string(), v.regex(/^AC[0-9a-f]{32}$/)),
    fallback: undefined,
    remedy: 'set it to the SID of the account, AC and 32 hexadecimal digits',
  }),
} satisfies Settings;

/** The user of a call to Twilio: an account, or an API key of one. */
const BODY = v.object({
  accountSid: v.pipe(v.string(), v.regex(/^(?:AC|SK)[0-9a-f]{32}$/i)),
  authToken: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,256}$/)),
});

/**
 * `APP_AUTH_OPTION=Twilio`: an application, such as a Twilio Function, that can read the configured account.
 * Credentials of a parent account can read it too, so they are accepted.
 *
 * @see {@link https://www.twilio.com/docs/iam/api/account}
 */
export const twilioAccount: ProviderKind<Config<typeof twilioAccountSettings>, ApplicationBody> = {
  opaque: true,
  faults: (config) =>
    missing(twilioAccountSettings.twilioAccountSid, config.twilioAccountSid, 'APP_AUTH_OPTION=Twilio'),
  create({ twilioAccountSid }, context) {
    const url = `https://api.twilio.com/2010-04-01/Accounts/${twilioAccountSid}.json`;
    const client = new ProviderClient('twilio-account', context);
    return {
      async verify(body) {
        const parsed = v.safeParse(BODY, body);
        if (!parsed.success) return client.refuse('no credentials');
        const { accountSid, authToken } = parsed.output;
        const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
        const answer = await client.ask(url, {
          method: 'GET',
          headers: { accept: 'application/json', authorization: `Basic ${basic}` },
        });
        if (answer === undefined) return undefined;
        const { sid, status } = jsonFields(answer);
        if (typeof sid !== 'string') return client.refuse('unexpected answer');
        if (sid !== twilioAccountSid) return client.refuse('another account');
        if (status !== undefined && status !== 'active') return client.refuse('the account is not active');
        return { subject: `twilio-app:${sid}` };
      },
    };
  },
};
