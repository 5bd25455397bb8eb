/** The relay's REST calls that a simulated telephony and desktop make. */
export interface RelayClient {
  /** The project that the relay serves. */
  project: string;
  /** Stores the conversation of a call under its phone number, so that a desktop finds it. */
  announce(phone: string, conversation: string): Promise<void>;
  /** Dialogflow's resource of that name, through the proxy. */
  getResource(name: string): Promise<Record<string, unknown>>;
  token: string;
}

const REQUEST_LIMIT_MS = 10_000;

/**
 * Registers with a relay.
 *
 * @param credential What an agent sends to `POST /register`; undefined where anybody may register.
 */
export async function registerAt(url: string, credential?: string): Promise<RelayClient> {
  const headers = credential === undefined ? {} : { authorization: credential };
  const { token } = await call('POST', '/register', { headers });
  if (typeof token !== 'string') throw new Error('POST /register gave no token');

  return {
    token,
    project: projectIn(token),
    async announce(phone, conversation) {
      await call('POST', '/conversation-name', {
        headers: { authorization: token, 'content-type': 'application/json' },
        body: JSON.stringify({ conversationIntegrationKey: phone, conversationName: conversation }),
      });
    },
    getResource: (name) => call('GET', `/v2/${name}`, { headers: { authorization: token } }),
  };

  async function call(method: string, path: string, init: RequestInit): Promise<Record<string, unknown>> {
    const response = await fetch(url + path, {
      ...init,
      method,
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    }).catch((error: unknown) => {
      // The error of fetch says no more than that it failed.
      throw new Error(`the relay at ${url} cannot be reached`, { cause: error });
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path.split('?')[0]}: HTTP ${response.status}`);
    return JSON.parse(text);
  }
}

/** The claim is not verified: the relay does that with every request. */
function projectIn(token: string): string {
  const [, payload = ''] = token.split('.');
  const { gcp_agent_assist_project: project } = JSON.parse(
    Buffer.from(payload, 'base64url').toString('utf8'),
  );
  if (typeof project !== 'string') throw new Error('the token of POST /register names no project');
  return project;
}
