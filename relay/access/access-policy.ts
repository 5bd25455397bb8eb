import { locationOf, type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import type { Claims } from '../identity/claims.ts';
import { providerOf } from './audit.ts';
import { type Action, type Answer, AuthorizerUnavailable, type Question } from './authorizer-webhook.ts';
import type { AskOptions, CachedDecision, DecisionCache } from './decision-cache.ts';
import type { Revocations } from './revocations.ts';
import type { OnFailure } from './settings.ts';

/** Somebody may not do something; the message tells them why. */
export class AccessRefusedError extends Error {
  override readonly name = 'AccessRefusedError';
  /** Whether it may be otherwise in a moment: the authorizer did not answer. */
  readonly isTemporary: boolean;

  constructor(message: string, { isTemporary = false } = {}) {
    super(message);
    this.isTemporary = isTemporary;
  }
}

/**
 * What an action is about: a conversation; `none` for what belongs to no conversation; `any` for a request that may reach
 * a conversation that its path does not name; `unclear` for a path whose conversation the relay cannot tell.
 */
export type Resource = ShortName | 'none' | 'any' | 'unclear';

export function conversationIn(resource: Resource): ShortName | undefined {
  return resource === 'none' || resource === 'any' || resource === 'unclear' ? undefined : resource;
}

/** Who wants something, as the token says. */
export type Agent = Pick<Claims, 'tokenId' | 'subject' | 'issuedAt' | 'role' | 'conversations'>;

/** Until when it may be relied on, in milliseconds since 1970; without end where nothing but the token decides. */
export interface Grant {
  until: number | undefined;
}

const ALLOW: Answer = { decision: 'allow' };

export interface AccessPolicyDeps {
  project: Project;
  /** Undefined for any. */
  allowedLocations: readonly string[] | undefined;
  /** Undefined where nobody but the token decides. */
  authorizer: Pick<DecisionCache, 'get' | 'freshUntil'> | undefined;
  onFailure: OnFailure;
  /** Undefined where nothing can be revoked. */
  revocations?: Pick<Revocations, 'isRevoked' | 'knows'> | undefined;
  logger: Logger;
}

/**
 * Who may do what with which conversation, on every way into the relay. The project and the locations are settled
 * first; then the list of conversations in the token, if it has one; then the authorizer, if there is one; then the
 * role, which is the authorizer's word or else the token's. Each can only take away.
 */
export class AccessPolicy {
  readonly #deps: AccessPolicyDeps;
  #isAuthorizerAway = false;

  constructor(deps: AccessPolicyDeps) {
    this.#deps = deps;
  }

  /**
   * The short name of a conversation that somebody names. A name without a location belongs to all of them.
   *
   * @throws {ConversationNameError} for what is not the name of a conversation of the project.
   * @throws {AccessRefusedError} for one of a location that is not allowed.
   */
  nameOf(name: unknown): ShortName {
    const short = shortName(name, this.#deps.project);
    const location = locationOf(String(name));
    if (location !== undefined) this.requireLocation(location);
    return short;
  }

  /** @throws {AccessRefusedError} */
  requireLocation(location: string): void {
    const { allowedLocations } = this.#deps;
    if (allowedLocations !== undefined && !allowedLocations.includes(location)) {
      throw new AccessRefusedError('the location is not allowed');
    }
  }

  /**
   * Rejects like Redis, too, when it does not tell whether somebody who wants to join was revoked.
   *
   * @throws {AccessRefusedError}
   */
  async require(agent: Agent, action: Action, resource: Resource, options?: AskOptions): Promise<Grant> {
    if (await this.#isRevoked(agent, action, resource)) throw new AccessRefusedError('access was revoked');
    if (!isListed(agent, resource, this.#deps.project)) throw denied();
    const { until, answer } = await this.#ask(agent, action, resource, options);
    if (answer.decision === 'deny') throw denied();
    const role = answer.role ?? agent.role;
    if (role === 'supervisor' && action === 'write')
      throw new AccessRefusedError('a supervisor may only read');
    return { until };
  }

  /** Of a request the token has been looked up already, so that what this relay has seen since is enough. */
  async #isRevoked(agent: Agent, action: Action, resource: Resource): Promise<boolean> {
    const { revocations } = this.#deps;
    if (revocations === undefined) return false;
    const conversation = conversationIn(resource);
    if (action !== 'join') return revocations.knows(agent, conversation);
    return revocations.isRevoked(agent, conversation);
  }

  async #ask(
    agent: Agent,
    action: Action,
    resource: Resource,
    options: AskOptions | undefined,
  ): Promise<Grant & Pick<CachedDecision, 'answer'>> {
    const { authorizer, onFailure } = this.#deps;
    if (authorizer === undefined) return { answer: ALLOW, until: undefined };
    // What Dialogflow makes of the path, nobody could answer for.
    if (resource === 'unclear') throw denied();
    try {
      const decision = await authorizer.get(questionOf(agent, action, resource), options);
      this.#noteAuthorizer(undefined);
      return decision;
    } catch (error) {
      if (!(error instanceof AuthorizerUnavailable)) throw error;
      this.#noteAuthorizer(error);
      if (onFailure === 'allow' && error.isOutage) return { answer: ALLOW, until: authorizer.freshUntil() };
      throw new AccessRefusedError('access cannot be checked right now: try again', { isTemporary: true });
    }
  }

  /** Logged when it changes: a thousand desktops notice the same failure. */
  #noteAuthorizer(failure: AuthorizerUnavailable | undefined): void {
    const isAway = failure !== undefined;
    if (isAway === this.#isAuthorizerAway) return;
    this.#isAuthorizerAway = isAway;
    if (isAway) this.#deps.logger.warn({ err: failure }, 'the authorizer does not answer');
    else this.#deps.logger.info('the authorizer answers again');
  }
}

function denied(): AccessRefusedError {
  return new AccessRefusedError('access to the conversation is denied');
}

/** Whether the token's list has the conversation. Without a list it has all; what is not in it may not be reached. */
function isListed({ conversations }: Agent, resource: Resource, project: Project): boolean {
  if (conversations === undefined || resource === 'none') return true;
  return conversations.some((name) => {
    try {
      return shortName(name, project) === resource;
    } catch (error) {
      if (error instanceof ConversationNameError) return false;
      throw error;
    }
  });
}

function questionOf({ subject }: Agent, action: Action, resource: Resource): Question {
  return {
    agent: { sub: subject, provider: providerOf(subject) },
    conversation: conversationIn(resource) ?? null,
    action,
  };
}
