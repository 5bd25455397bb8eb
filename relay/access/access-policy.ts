import { locationOf, type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import type { Claims } from '../identity/claims.ts';
import type { RefusalReason } from '../refusals/reasons.ts';
import { providerOf } from './audit.ts';
import { type Action, type Answer, AuthorizerUnavailable, type Question } from './authorizer-webhook.ts';
import type { AskOptions, CachedDecision, DecisionCache } from './decision-cache.ts';
import type { Revocations } from './revocations.ts';
import type { OnFailure } from './settings.ts';

type RefusalKind = Partial<Pick<AccessRefusedError, 'isTemporary' | 'maySee' | 'reason'>>;

/** An agent may not do what it asks for. The message tells it why. */
export class AccessRefusedError extends Error {
  override readonly name = 'AccessRefusedError';
  /** Whether another try may succeed: the authorizer did not answer. */
  readonly isTemporary: boolean;
  /** Whether the agent may see the conversation, and only what it wants to do is refused. */
  readonly maySee: boolean;
  readonly reason: RefusalReason;

  constructor(
    message: string,
    {
      isTemporary = false,
      maySee = false,
      reason = isTemporary ? 'access-unchecked' : 'access-denied',
      ...options
    }: ErrorOptions & RefusalKind = {},
  ) {
    super(message, options);
    this.isTemporary = isTemporary;
    this.maySee = maySee;
    this.reason = reason;
  }
}

/**
 * What an action is about: a conversation; `none` for what belongs to no conversation; `any` for a request that may
 * reach a conversation that its path does not name; `unclear` for a path whose conversation the relay cannot tell.
 */
export type Resource = ShortName | 'none' | 'any' | 'unclear';

export function conversationIn(resource: Resource): ShortName | undefined {
  return resource === 'none' || resource === 'any' || resource === 'unclear' ? undefined : resource;
}

/** Who asks, as the token says. */
export type Agent = Pick<Claims, 'tokenId' | 'subject' | 'issuedAt' | 'role' | 'conversations'>;

export interface RequireOptions extends AskOptions {
  /** Whether it is enough what this relay has seen of revocations. Otherwise a join asks Redis. */
  usesKnownRevocations?: boolean | undefined;
}

/** Until when the answer may be used, in milliseconds since 1970. Undefined where only the token decides. */
export interface Grant {
  until: number | undefined;
}

/** Makes calls to the authorizer, each when it is the agent's turn. */
export type Turns = <T>(agent: Agent, call: () => Promise<T>) => Promise<T>;

const ALLOW: Answer = { decision: 'allow' };

export interface AccessPolicyDeps {
  project: Project;
  /** Undefined for all. */
  allowedLocations: readonly string[] | undefined;
  /** Undefined where only the token decides. */
  authorizer: Pick<DecisionCache, 'get' | 'freshUntil'> | undefined;
  onFailure: OnFailure;
  /** Undefined where no agent waits for another. */
  turns?: Turns | undefined;
  /** Undefined where nothing can be revoked. */
  revocations?: Pick<Revocations, 'isRevoked' | 'knows'> | undefined;
  logger: Logger;
}

/**
 * Who may do what with which conversation, on every way into the relay. It checks the project and the location first,
 * then the list of conversations in the token, then the authorizer, then the role. The role is the authorizer's, or
 * else the token's. Each check can only forbid.
 */
export class AccessPolicy {
  readonly #deps: AccessPolicyDeps;
  /** The short names in the tokens' lists: a renewed token is judged for all that its connection has joined. */
  readonly #lists = new WeakMap<readonly string[], ReadonlySet<string>>();
  #isAuthorizerAway = false;

  constructor(deps: AccessPolicyDeps) {
    this.#deps = deps;
  }

  /**
   * The short name of a conversation. A name without a location is valid in every location.
   *
   * @throws {ConversationNameError} for what is not the name of a conversation of the project.
   * @throws {AccessRefusedError} for a location that is not allowed.
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
      throw new AccessRefusedError('the location is not allowed', { reason: 'access-location' });
    }
  }

  /**
   * For a join it also rejects like Redis, which tells whether access was revoked.
   *
   * @throws {AccessRefusedError}
   */
  async require(agent: Agent, action: Action, resource: Resource, options?: RequireOptions): Promise<Grant> {
    // The list first: whether a conversation was revoked is not told to an agent that may not see it.
    if (!this.#isListed(agent, resource)) throw denied();
    if (await this.#isRevoked(agent, action, resource, options))
      throw new AccessRefusedError('access was revoked', { reason: 'access-revoked' });
    const { until, answer } = await this.#ask(agent, action, resource, options);
    if (answer.decision === 'deny') throw denied();
    const role = answer.role ?? agent.role;
    if (role === 'supervisor' && (action === 'write' || action === 'feedback'))
      throw new AccessRefusedError('a supervisor may only read', {
        maySee: true,
        reason: 'access-read-only',
      });
    if (role !== 'supervisor' && action === 'list')
      throw new AccessRefusedError('only a supervisor may list conversations', {
        reason: 'access-supervisors',
      });
    return { until };
  }

  /** The token of a request was already looked up in Redis, so what this relay has seen is enough for it. */
  async #isRevoked(
    agent: Agent,
    action: Action,
    resource: Resource,
    { usesKnownRevocations = action !== 'join' }: RequireOptions = {},
  ): Promise<boolean> {
    const { revocations } = this.#deps;
    if (revocations === undefined) return false;
    const conversation = conversationIn(resource);
    if (usesKnownRevocations) return revocations.knows(agent, conversation);
    return revocations.isRevoked(agent, conversation);
  }

  /** Whether the token's list has the conversation. A token without a list opens all. */
  #isListed({ conversations }: Agent, resource: Resource): boolean {
    if (conversations === undefined || resource === 'none') return true;
    const known = this.#lists.get(conversations) ?? shortNames(conversations, this.#deps.project);
    this.#lists.set(conversations, known);
    return known.has(resource);
  }

  async #ask(
    agent: Agent,
    action: Action,
    resource: Resource,
    options: AskOptions | undefined,
  ): Promise<Grant & Pick<CachedDecision, 'answer'>> {
    const { authorizer, onFailure, turns } = this.#deps;
    const turn = turns && (<T>(call: () => Promise<T>) => turns(agent, call));
    if (authorizer === undefined) return { answer: ALLOW, until: undefined };
    // The authorizer cannot decide about a path that Dialogflow may read as another conversation.
    if (resource === 'unclear') throw denied();
    try {
      const decision = await authorizer.get(questionOf(agent, action, resource), { ...options, turn });
      this.#noteAuthorizer(undefined);
      return decision;
    } catch (error) {
      if (!(error instanceof AuthorizerUnavailable)) throw error;
      this.#noteAuthorizer(error);
      if (onFailure === 'allow' && error.isOutage) return { answer: ALLOW, until: authorizer.freshUntil() };
      throw new AccessRefusedError('access cannot be checked right now: try again', { isTemporary: true });
    }
  }

  /** Logs a change only, because a thousand desktops notice the same failure. */
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

function shortNames(names: readonly string[], project: Project): ReadonlySet<string> {
  const known = new Set<string>();
  for (const name of names) {
    try {
      known.add(shortName(name, project));
    } catch (error) {
      if (!(error instanceof ConversationNameError)) throw error;
    }
  }
  return known;
}

function questionOf({ subject }: Agent, action: Action, resource: Resource): Question {
  return {
    agent: { sub: subject, provider: providerOf(subject) },
    conversation: conversationIn(resource) ?? null,
    action,
  };
}
