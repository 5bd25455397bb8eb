import type { AdminToken } from '../../../relay/admin/admin-token.ts';
import { signingKey } from '../../../relay/identity/signing-key.ts';
import type { TestRelay } from '../../helpers/relay.ts';

export const ADMIN_TOKEN = 'the token of the administrators, for tests only';

/** One that does not change. */
export function fixedToken(text: string): AdminToken {
  const key = signingKey(text);
  return { ring: () => [key], poll: async () => {} };
}

export const adminToken = fixedToken(ADMIN_TOKEN);

/** Sends a request of an administrator. */
export function asAdmin(
  relay: Pick<TestRelay, 'url'>,
  action: 'revoke' | 'erase' | 'trace',
  body: unknown,
  authorization = `Bearer ${ADMIN_TOKEN}`,
): Promise<Response> {
  return fetch(`${relay.url}/admin/${action}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** The status of a request with a token. */
export async function statusWith(relay: Pick<TestRelay, 'url'>, token: string): Promise<number> {
  const response = await fetch(`${relay.url}/conversation-name?conversationIntegrationKey=1`, {
    headers: { authorization: token },
  });
  return response.status;
}

/** The id of a token, which is what revokes it. */
export const idOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).jti;
