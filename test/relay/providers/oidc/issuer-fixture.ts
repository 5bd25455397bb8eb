// An OpenID Connect issuer whose keys change, and relays that ask it.
import type { Test } from 'uvu';
import { ProviderUnavailable } from '../../../../relay/providers/provider.ts';
import {
  answersOf,
  type Changes,
  envOf,
  SHAPES,
  type SigningPair,
  signingPair,
} from '../../../helpers/oidc-issuer.ts';
import { json, providerServers } from '../../../helpers/provider-servers.ts';
import { setUp } from '../provider-setup.ts';

const { okta } = SHAPES;
export const [old, next, other] = await Promise.all([
  signingPair('old'),
  signingPair('next'),
  signingPair('other'),
]);

export const WITHOUT_KID: Changes = { kid: undefined };

/** The issuer of the tests of one file. It publishes the key `old` when a test begins. */
export async function issuerFixture(test: Test) {
  const clock = Date.now;
  const issuer = { published: [] as SigningPair[] };
  const answers = answersOf(okta, () => issuer.published);
  const servers = await providerServers(test, answers);
  test.before.each(() => {
    issuer.published = [old];
  });
  test.after.each(() => {
    Date.now = clock;
  });

  return Object.assign(issuer, {
    servers,
    clock,
    /** The answers of an issuer that works. */
    answers,
    /** Moves the clock to so many milliseconds after the present. */
    later: (ms: number) => {
      Date.now = () => clock() + ms;
    },
    /** How often the keys were read. */
    reads: () => servers.requests.filter(({ url }) => url.endsWith('/keys')).length,
    isDown: () => {
      servers.answer = (_request, response) => json(response, 503, {});
    },
    /** Answers with these entries in the key set. */
    publish: (...entries: unknown[]) => {
      servers.answer = (request, response) =>
        request.url.endsWith('/keys') ? json(response, 200, { keys: entries }) : answers(request, response);
    },
    relay: (timeoutMs?: number) => relayOf(servers, timeoutMs),
  });
}

function relayOf(servers: Awaited<ReturnType<typeof providerServers>>, timeoutMs?: number) {
  const { providers, lines } = setUp(envOf(okta), {
    ...servers,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return {
    lines,
    isLetIn: async (token: string) => (await providers.verify(token)) !== undefined,
    faultOf: (token: string) => providers.verify(token).then(String, (error: Error) => error.message),
    isUnavailable: (token: string) =>
      providers.verify(token).then(
        () => false,
        (error: unknown) => error instanceof ProviderUnavailable && !error.message.includes(token),
      ),
  };
}
