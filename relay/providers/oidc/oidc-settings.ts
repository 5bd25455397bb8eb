import * as v from 'valibot';
import { type Config, type Settings, setting } from '../../../shared/config.ts';
import { missing } from '../provider-setting.ts';
import { parseRequiredClaims, type RequiredClaim } from './oidc-claims.ts';

/** An issuer's URL, exactly as its tokens have it. A slash at the end matters. */
const issuerUrl = v.pipe(
  v.string(),
  v.regex(/^https:\/\/[a-zA-Z0-9.-]+(?::\d+)?(?:\/[\w.~-]+)*\/?$/),
  v.url(),
);

const list: v.GenericSchema<string, string[]> = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((entry) => entry.trim())),
  v.array(v.pipe(v.string(), v.nonEmpty())),
);

const claimName = v.pipe(v.string(), v.regex(/^\S+$/));

export const oidcSettings = {
  oidcIssuer: setting<string | undefined>('OIDC_ISSUER', {
    schema: issuerUrl,
    fallback: undefined,
    remedy:
      'set it to the issuer as its tokens name it (`iss`), an https URL, such as https://example.okta.com/oauth2/default',
  }),
  oidcAudience: setting<readonly string[] | undefined>('OIDC_AUDIENCE', {
    schema: list,
    fallback: undefined,
    remedy:
      'set it to what the tokens for this relay name as their audience (`aud`): the identifier of its API, or the ' +
      'client id of the desktop; or to several, separated by commas',
  }),
  oidcRequiredClaims: setting<readonly RequiredClaim[]>('OIDC_REQUIRED_CLAIMS', {
    schema: v.pipe(
      v.string(),
      v.transform(parseRequiredClaims),
      v.custom<RequiredClaim[]>((claims) => claims !== undefined),
    ),
    fallback: [],
    remedy:
      'set it to the claims that a token must have, such as email_verified=true,tid=TENANT, with | between values of ' +
      'which one is enough, or leave it out',
  }),
  oidcRoleClaim: setting<string | undefined>('OIDC_ROLE_CLAIM', {
    schema: claimName,
    fallback: undefined,
    remedy: 'set it to the name of the claim that tells agents from supervisors, or leave it out',
  }),
  oidcAgentRoles: setting<readonly string[]>('OIDC_AGENT_ROLES', {
    schema: list,
    fallback: ['agent'],
    remedy: 'set it to the values of OIDC_ROLE_CLAIM that make an agent, separated by commas',
  }),
  oidcSupervisorRoles: setting<readonly string[]>('OIDC_SUPERVISOR_ROLES', {
    schema: list,
    fallback: ['supervisor'],
    remedy: 'set it to the values of OIDC_ROLE_CLAIM that make a supervisor, separated by commas',
  }),
  oidcConversationsClaim: setting<string | undefined>('OIDC_CONVERSATIONS_CLAIM', {
    schema: claimName,
    fallback: undefined,
    remedy: 'set it to the name of the claim that lists the conversations of a user, or leave it out',
  }),
} satisfies Settings;

export type OidcConfig = Config<typeof oidcSettings>;

/** The issuer of every Google account. Accounts of a Workspace also have `hd`, its domain. */
export const GOOGLE_ISSUER = 'https://accounts.google.com';

export function oidcFaults(config: OidcConfig): string[] {
  const { oidcIssuer, oidcAudience, oidcRequiredClaims } = config;
  const isOpenToAll = oidcIssuer === GOOGLE_ISSUER && !oidcRequiredClaims.some(({ name }) => name === 'hd');
  return [
    ...missing(oidcSettings.oidcIssuer, oidcIssuer, 'OIDC'),
    ...missing(oidcSettings.oidcAudience, oidcAudience, 'OIDC'),
    ...(isOpenToAll
      ? [
          'OIDC_REQUIRED_CLAIMS does not name hd, and without it every Google account is let in: ' +
            'set it to hd=DOMAIN, the domain of your Workspace',
        ]
      : []),
  ];
}
