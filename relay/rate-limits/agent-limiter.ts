import { LRUCache } from 'lru-cache';
import type { Logger } from '../../shared/log.ts';
import { ThrottledCountLog } from '../../shared/throttled-count-log.ts';
import type { Claims } from '../identity/claims.ts';
import { agentKey, isApplication } from './agent-key.ts';
import type { AgentLimits, RateLimits } from './limits.ts';
import { type BucketRate, TokenBucket } from './token-bucket.ts';

export interface AgentLimiterDeps {
  limits: Pick<RateLimits, 'agent' | 'application' | 'renewalRate' | 'idleAgentsMax' | 'idleAgentMs'>;
  /** Joins of one connection. */
  joinRate: BucketRate;
  logger: Pick<Logger, 'warn'>;
}

type Holder = Pick<Claims, 'subject' | 'tokenId'>;

type Refused = 'connections' | 'joins' | 'renewals' | 'messages';

/** How much one connection may still ask for. It counts for its agent, too. */
export interface ConnectionAllowance {
  /** False when the connection or its agent has joined too often. */
  takeJoin(): boolean;
  /** False when the connection or its agent has renewed its token too often. */
  takeRenewal(): boolean;
  /** False when the agent has sent too many messages over all its connections. */
  takeMessage(): boolean;
  /** The connection has ended. A second call does nothing. */
  release(): void;
}

/** Bounds what the connections of one agent to this relay ask for together. */
export class AgentLimiter {
  readonly #deps: AgentLimiterDeps;
  readonly #agents = new Map<string, Agent>();
  /** Agents without a connection: their joins of a moment ago still count when they are back. */
  readonly #idle: LRUCache<string, Agent>;

  constructor(deps: AgentLimiterDeps) {
    this.#deps = deps;
    const { idleAgentsMax, idleAgentMs } = deps.limits;
    this.#idle = new LRUCache({ max: idleAgentsMax, ttl: idleAgentMs });
  }

  /** Counts a connection whose token was accepted; undefined when its agent has too many. */
  connect(holder: Holder): ConnectionAllowance | undefined {
    const key = agentKey(holder);
    const agent = this.#agentOf(key, holder);
    if (!agent.connect()) {
      agent.refused('connections', holder);
      return undefined;
    }
    return new AgentConnection(agent, holder, this.#deps, () => {
      if (agent.disconnect() > 0) return;
      this.#agents.delete(key);
      this.#idle.set(key, agent);
    });
  }

  #agentOf(key: string, { subject }: Holder): Agent {
    const { limits, logger } = this.#deps;
    const ownLimits = isApplication(subject) ? limits.application : limits.agent;
    const agent = this.#agents.get(key) ?? this.#idle.get(key) ?? new Agent(ownLimits, logger);
    this.#idle.delete(key);
    this.#agents.set(key, agent);
    return agent;
  }
}

/** What the connections of one agent have in common. */
class Agent {
  readonly joins: TokenBucket;
  readonly messages: TokenBucket;
  readonly #limits: AgentLimits;
  readonly #logger: AgentLimiterDeps['logger'];
  /** Made with the first use: desktops of Socket.IO renew no token. */
  #renewals: TokenBucket | undefined;
  #connections = 0;
  /** Made when something is refused. */
  #refusals: ThrottledCountLog<Refused, Holder> | undefined;

  constructor(limits: AgentLimits, logger: AgentLimiterDeps['logger']) {
    this.#logger = logger;
    this.#limits = limits;
    this.joins = new TokenBucket(limits.joinRate);
    this.messages = new TokenBucket(limits.messageRate);
  }

  get renewals(): TokenBucket {
    this.#renewals ??= new TokenBucket(this.#limits.renewalRate);
    return this.#renewals;
  }

  connect(): boolean {
    const hasRoom = this.#connections < this.#limits.connectionsMax;
    if (hasRoom) this.#connections++;
    return hasRoom;
  }

  /** Returns how many connections are left. */
  disconnect(): number {
    return --this.#connections;
  }

  refused(what: Refused, holder: Holder): void {
    this.#refusals ??= new ThrottledCountLog<Refused, Holder>({
      counted: ['connections', 'joins', 'renewals', 'messages'],
      write: (refused, { subject, tokenId }) =>
        this.#logger.warn({ sub: subject, jti: tokenId, refused }, 'an agent asks for more than it may'),
      now: Date.now,
    });
    this.#refusals.count(what, holder);
  }
}

class AgentConnection implements ConnectionAllowance {
  readonly #agent: Agent;
  readonly #holder: Holder;
  readonly #deps: AgentLimiterDeps;
  readonly #release: () => void;
  #isOpen = true;
  // Made with the first use: most connections join a few conversations, and those of Socket.IO renew no token.
  #joins: TokenBucket | undefined;
  #renewals: TokenBucket | undefined;

  constructor(agent: Agent, { subject, tokenId }: Holder, deps: AgentLimiterDeps, release: () => void) {
    this.#agent = agent;
    this.#holder = { subject, tokenId };
    this.#deps = deps;
    this.#release = release;
  }

  takeJoin(): boolean {
    this.#joins ??= new TokenBucket(this.#deps.joinRate);
    return this.#take('joins', this.#joins.take());
  }

  takeRenewal(): boolean {
    this.#renewals ??= new TokenBucket(this.#deps.limits.renewalRate);
    return this.#take('renewals', this.#renewals.take());
  }

  takeMessage(): boolean {
    return this.#take('messages', true);
  }

  release(): void {
    if (this.#isOpen) this.#release();
    this.#isOpen = false;
  }

  #take(what: Exclude<Refused, 'connections'>, isAllowed: boolean): boolean {
    const isTaken = isAllowed && this.#agent[what].take();
    if (!isTaken) this.#agent.refused(what, this.#holder);
    return isTaken;
  }
}
