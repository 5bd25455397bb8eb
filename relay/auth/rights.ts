import { ROLES, type Role } from './provider.ts';

/** What the provider said that somebody may do, as claims of the relay's token; each is absent where it said nothing. */
export interface Rights {
  role?: Role | undefined;
  /** The only conversations that the token opens, by names not yet checked; without it, it opens all. */
  conversations?: readonly string[] | undefined;
}

/** The rights in the claims of a genuine token; `undefined` when one cannot be understood, and must not open everything. */
export function rightsIn({ role, conversations }: Readonly<Record<string, unknown>>): Rights | undefined {
  return isRole(role) && isListOfNames(conversations) ? { role, conversations } : undefined;
}

function isRole(claim: unknown): claim is Role | undefined {
  return claim === undefined || ROLES.some((role) => role === claim);
}

function isListOfNames(claim: unknown): claim is string[] | undefined {
  return (
    claim === undefined || (Array.isArray(claim) && claim.every((name: unknown) => typeof name === 'string'))
  );
}
