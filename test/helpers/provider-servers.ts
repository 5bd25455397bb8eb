import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Test } from 'uvu';
import { outboundAgent } from '../../relay/outbound-http/outbound-agent.ts';
import { salesforceId } from '../../relay/providers/salesforce-id.ts';
import { Fixture } from './fixture.ts';
import { listen } from './listen.ts';

/** A request that reached a provider, with the host it was meant for. */
export interface ProviderRequest {
  host: string;
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Answer = (request: ProviderRequest, response: ServerResponse) => unknown;

export interface ProviderServers {
  /** Carries every call to `https://HOST/…` to the one local server, which is told HOST. */
  dispatcher: Dispatcher;
  requests: ProviderRequest[];
  /** Set to have every request answered by it instead. */
  answer: Answer | undefined;
  close(): Promise<void>;
}

export const SALESFORCE = {
  domain: 'example.my.salesforce.com',
  /** 15 and 18 characters of the same organization. */
  organization: '00DD0000000IqhS',
  longOrganization: salesforceId('00DD0000000IqhS') ?? '',
  otherOrganization: salesforceId('00DD0000000iqhS') ?? '',
  user: salesforceId('005D0000001KyEI') ?? '',
};

export const GENESYS = {
  environment: 'usw2.pure.cloud',
  organization: '5fd1e9f5-3a2b-4c0a-9a57-0f4f3f1c9b11',
  otherOrganization: '9c2b7c9e-8d7a-4d2e-8f0e-1d2c3b4a5f66',
  user: 'c1a2b3d4-0001-4e5f-8a9b-1234567890ab',
};

export const TWILIO = {
  environment: 'agent-assist-1234.twil.io',
  worker: `WK${'1'.repeat(32)}`,
  account: `AC${'2'.repeat(32)}`,
  otherAccount: `AC${'3'.repeat(32)}`,
  authToken: 'a3f1secret-auth-token-of-the-account',
};

/** Tokens that the providers know. */
export const TOKENS = {
  salesforce: '00DD0000000IqhS!AQEAQsecret.salesforce_token',
  salesforceOther: '00DD0000000iqhS!AQEAQsecret.other_token',
  genesys: 'genesys-secret-token_of-an-agent',
  genesysOther: 'genesys-secret-token_of-a-stranger',
  // Flex's tokens are JWEs in compact form: five parts, the second one empty when `alg` is `dir`.
  flex: 'eyJ6aXAiOiJERUYiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiZGlyIn0..c2VjcmV0.ZmxleC1zZWNyZXQtdG9rZW4.dGFn',
};

/** Local servers that answer as the identity providers do, in the shapes of their public documentation. */
/** Starts servers for the tests of one file. Each test begins without requests and with `answer`. */
export async function providerServers(test: Test, answer?: Answer): Promise<ProviderServers> {
  const servers = new Fixture(test).keep(await startProviderServers());
  servers.answer = answer;
  test.before.each(() => {
    servers.requests.length = 0;
    servers.answer = answer;
  });
  return servers;
}

export async function startProviderServers(): Promise<ProviderServers> {
  const requests: ProviderRequest[] = [];
  const servers: Pick<ProviderServers, 'answer'> = { answer: undefined };
  const server = createServer(async (message, response) => {
    let body = '';
    for await (const chunk of message) body += chunk;
    const { method = '', url = '', headers } = message;
    const request = { host: String(headers['x-test-host']), method, url, headers, body };
    requests.push(request);
    (servers.answer ?? answerAsProvider)(request, response);
  });
  const port = await listen(server);
  const agent = outboundAgent();

  return Object.assign(servers, {
    requests,
    dispatcher: agent.compose((dispatch) => (call, handler) => {
      const { protocol, host } = new URL(String(call.origin));
      if (protocol !== 'https:') throw new Error('a provider is called over https only');
      const headers = { ...(call.headers as Record<string, string>), 'x-test-host': host };
      return dispatch({ ...call, origin: `http://127.0.0.1:${port}`, headers }, handler);
    }),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

export function json(response: ServerResponse, status: number, body: unknown): ServerResponse {
  return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function answerAsProvider(request: ProviderRequest, response: ServerResponse): ServerResponse {
  if (request.host === SALESFORCE.domain) return asSalesforce(request, response);
  if (request.host === `api.${GENESYS.environment}`) return asGenesys(request, response);
  if (request.host === TWILIO.environment) return asFlexFunction(request, response);
  if (request.host === 'api.twilio.com') return asTwilio(request, response);
  return json(response, 404, {});
}

function asSalesforce({ method, url, headers }: ProviderRequest, response: ServerResponse): ServerResponse {
  const organizations: Record<string, string> = {
    [`Bearer ${TOKENS.salesforce}`]: SALESFORCE.longOrganization,
    [`Bearer ${TOKENS.salesforceOther}`]: SALESFORCE.otherOrganization,
  };
  if (method !== 'GET' || url !== '/services/oauth2/userinfo') return json(response, 404, {});
  const organization = organizations[headers.authorization ?? ''];
  if (organization === undefined) return response.writeHead(403).end('Bad_OAuth_Token');
  return json(response, 200, {
    sub: `https://login.salesforce.com/id/${organization}/${SALESFORCE.user}`,
    user_id: SALESFORCE.user,
    organization_id: organization,
    preferred_username: 'agent@example.com',
    name: 'An Agent',
    email: 'agent@example.com',
    active: true,
    user_type: 'STANDARD',
  });
}

function asGenesys({ method, url, headers }: ProviderRequest, response: ServerResponse): ServerResponse {
  const organizations: Record<string, string> = {
    [`Bearer ${TOKENS.genesys}`]: GENESYS.organization,
    [`Bearer ${TOKENS.genesysOther}`]: GENESYS.otherOrganization,
  };
  const [path, query] = url.split('?');
  if (method !== 'GET' || path !== '/api/v2/users/me') return json(response, 404, { code: 'not.found' });
  const organization = organizations[headers.authorization ?? ''];
  if (organization === undefined) {
    return json(response, 401, {
      message: 'Invalid login credentials.',
      code: 'bad.credentials',
      status: 401,
      details: [],
      errors: [],
    });
  }
  return json(response, 200, {
    id: GENESYS.user,
    name: 'An Agent',
    email: 'agent@example.com',
    state: 'active',
    ...(query === 'expand=organization' ? { organization: { id: organization, name: 'Example' } } : {}),
    selfUri: `/api/v2/users/${GENESYS.user}`,
  });
}

/** The customer's own function; what it answers with is the verdict of `twilio-flex-token-validator`. */
function asFlexFunction({ method, url, body }: ProviderRequest, response: ServerResponse): ServerResponse {
  if (method !== 'POST' || url !== '/verify') return json(response, 404, {});
  const { Token } = JSON.parse(body);
  if (Token !== TOKENS.flex) return json(response, 403, { message: 'Unauthorized' });
  return json(response, 200, {
    code: 0,
    worker_sid: TWILIO.worker,
    roles: ['agent'],
    realm_user_id: 'agent@example.com',
    valid: true,
    expiration: '2026-11-24T20:00:00.000Z',
    message: null,
    identity: 'agent_40example_2Ecom',
  });
}

function asTwilio({ method, url, headers }: ProviderRequest, response: ServerResponse): ServerResponse {
  const basic = Buffer.from(`${TWILIO.account}:${TWILIO.authToken}`).toString('base64');
  const path = `/2010-04-01/Accounts/${TWILIO.account}.json`;
  if (headers.authorization !== `Basic ${basic}`) {
    return json(response, 401, {
      code: 20003,
      message: 'Authenticate',
      more_info: 'https://www.twilio.com/docs/errors/20003',
      status: 401,
    });
  }
  if (method !== 'GET' || url !== path) return json(response, 404, { code: 20404, status: 404 });
  return json(response, 200, {
    sid: TWILIO.account,
    friendly_name: 'Example',
    status: 'active',
    type: 'Full',
  });
}
