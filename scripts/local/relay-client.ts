/** The relay's REST calls that the demo's telephony and desktop make. */
export interface RelayClient {
  /** Stores the conversation of a call under its phone number, so that a desktop finds it. */
  announce(phone: string, conversation: string): Promise<void>;
  /** Dialogflow's resource of that name, through the proxy. */
  getResource(name: string): Promise<Record<string, unknown>>;
  token: string;
}

const REQUEST_LIMIT_MS = 10_000;

/** Registers with a relay that lets anybody do so. */
export async function registerAt(url: string): Promise<RelayClient> {
  const { token } = await call('POST', '/register', { headers: {} });
  if (typeof token !== 'string') throw new Error('POST /register gave no token');

  return {
    token,
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
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path.split('?')[0]}: HTTP ${response.status}`);
    return JSON.parse(text);
  }
}
