/** The relay's REST calls that the page makes. It has no credential: it works where registration is open to anybody. */
export interface Backend {
  /** A new token. */
  register(): Promise<string>;
  /** The conversation that telephony stored for the phone number, `''` while there is none. */
  conversationOf(phone: string): Promise<string>;
}

const UNAUTHORIZED = 401;

export function createBackend(): Backend {
  let token = '';

  async function register(): Promise<string> {
    const response = await fetch('register', { method: 'POST' });
    if (!response.ok) throw new Error(`registration was refused (HTTP ${response.status})`);
    ({ token } = (await response.json()) as { token: string });
    return token;
  }

  return {
    register,
    async conversationOf(phone) {
      const query = new URLSearchParams({ conversationIntegrationKey: phone });
      const look = () => fetch(`conversation-name?${query}`, { headers: { authorization: token } });
      if (token === '') await register();
      let response = await look();
      if (response.status === UNAUTHORIZED) {
        await register();
        response = await look();
      }
      if (!response.ok) throw new Error(`the call could not be looked up (HTTP ${response.status})`);
      const { conversationName } = (await response.json()) as { conversationName: string };
      return conversationName;
    },
  };
}
