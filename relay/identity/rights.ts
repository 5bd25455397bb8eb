import { ROLES, type Role } from './identity.ts';
import { CONVERSATIONS_CLAIM_MAX_BYTES } from './limits.ts';

/** What a user may do, as claims of the relay's token. Each is absent where the provider said nothing. */
export interface Rights {
  role?: Role | undefined;
  /** The only conversations that the token opens, by names not yet checked. Without a list it opens all. */
  conversations?: readonly string[] | undefined;
}

/** The rights in the claims of a genuine token. `undefined` when a claim is malformed: such a token opens nothing. */
export function rightsIn({ role, conversations }: Readonly<Record<string, unknown>>): Rights | undefined {
  return isRole(role) && isListOfNames(conversations) ? { role, conversations } : undefined;
}

/** Whether a list of conversations is short enough for a token. */
export function fitsToken(conversations: readonly string[]): boolean {
  return Buffer.byteLength(JSON.stringify(conversations)) <= CONVERSATIONS_CLAIM_MAX_BYTES;
}

/**
 * The rights that a provider gives, checked for a token.
 *
 * @throws {RangeError} for rights with which every relay would refuse the token.
 */
export function issuable({ role, conversations }: Rights): Rights {
  if (rightsIn({ role, conversations }) === undefined) {
    throw new RangeError(
      `the provider gives a role that is none of ${ROLES.join(', ')}, or conversations that are no list of texts`,
    );
  }
  if (conversations !== undefined && !fitsToken(conversations)) {
    throw new RangeError(
      `the provider gives somebody more conversations than a token has room for, ${CONVERSATIONS_CLAIM_MAX_BYTES} ` +
        'bytes of JSON: let it give fewer, or none and set AUTHORIZER_URL',
    );
  }
  return { role, conversations };
}

function isRole(claim: unknown): claim is Role | undefined {
  return claim === undefined || ROLES.some((role) => role === claim);
}

function isListOfNames(claim: unknown): claim is string[] | undefined {
  return (
    claim === undefined || (Array.isArray(claim) && claim.every((name: unknown) => typeof name === 'string'))
  );
}
