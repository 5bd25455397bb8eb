import type { Claims } from '../identity/claims.ts';

/** Identities that stand for everybody whom their provider lets in: without a person, `skip` and applications. */
const SHARED = /^(?:skip:|twilio-app:|twilio:[^:]*$|$)/;

/** Whether an identity is one person's. */
export function isPersonal(subject: string): boolean {
  return !SHARED.test(subject);
}

/** What an agent's limits are counted under: the verified identity, or the token where that is not one person's. */
export function agentKey({ subject, tokenId }: Pick<Claims, 'subject' | 'tokenId'>): string {
  return isPersonal(subject) ? subject : tokenId;
}
