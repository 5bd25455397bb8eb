// The clients that the model's pages have, and what their requests show.
import type { Claims } from '../../../../../relay/identity/claims.ts';

/** `browser` and `node`: socket.io-client 4.6 and newer. `old`: one before it, in a browser or not. */
export type Kind = 'browser' | 'node' | 'old browser' | 'old node' | 'python';

const BROWSER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36';

export const HEADERS: Record<Kind, { userAgent: string | undefined; origin: string | undefined }> = {
  browser: { userAgent: BROWSER_AGENT, origin: 'https://desktop.example' },
  node: { userAgent: undefined, origin: undefined },
  'old browser': { userAgent: BROWSER_AGENT, origin: 'https://desktop.example' },
  'old node': { userAgent: 'node-XMLHttpRequest', origin: undefined },
  python: { userAgent: undefined, origin: 'https://desktop.example' },
};

export const claimsOf = (subject: string, tokenId: string): Claims => ({
  subject,
  tokenId,
  user: subject,
  issuedAt: undefined,
  expiresAt: Number.MAX_SAFE_INTEGER,
});
