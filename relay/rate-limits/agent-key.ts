import type { Claims } from '../identity/claims.ts';

/** Identities that many users share: of `skip`, of Five9, of applications, and of Twilio functions that name no user. */
const SHARED = /^(?:skip:|five9:|twilio-app:|twilio:[^:]*$|$)/;

/** Identities whose tokens are made to be used by many: of applications, and whatever has no identity. */
const APPLICATION = /^(?:skip:|twilio-app:|$)/;

/** Whether the identity is a service account's, which stands for all calls of an installation. */
export function isService(subject: string): boolean {
  return subject.startsWith('service:');
}

/** Whether one token of the identity may serve many desktops. */
export function isApplication(subject: string): boolean {
  return APPLICATION.test(subject);
}

/** Whether an identity belongs to one person. */
export function isPersonal(subject: string): boolean {
  return !SHARED.test(subject);
}

/**
 * The key under which limits count an agent: the verified identity, or the token where many users share the identity.
 */
export function agentKey({ subject, tokenId }: Pick<Claims, 'subject' | 'tokenId'>): string {
  return isPersonal(subject) ? subject : tokenId;
}
