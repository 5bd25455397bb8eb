import { LRUCache } from 'lru-cache';
import type { Claims } from '../identity/claims.ts';
import { agentKey, isApplication } from './agent-key.ts';
import type { AgentLimits, RateLimits } from './limits.ts';
import { type BucketRate, TokenBucket } from './token-bucket.ts';

export interface AgentLimiterDeps {
  limits: Pick<RateLimits, 'agent' | 'application' | 'renewalRate' | 'idleAgentsMax' | 'idleAgentMs'>;
  /** Joins of one connection. */
  joinRate: BucketRate;
}

type Holder = Pick<Claims, 'subject' | 'tokenId'>;

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
    if (!agent.connect()) return undefined;
    return new AgentConnection(agent, this.#deps, () => {
      if (agent.disconnect() > 0) return;
      this.#agents.delete(key);
      this.#idle.set(key, agent);
    });
  }

  #agentOf(key: string, { subject }: Holder): Agent {
    const { limits } = this.#deps;
    const ownLimits = isApplication(subject) ? limits.application : limits.agent;
    const agent = this.#agents.get(key) ?? this.#idle.get(key) ?? new Agent(ownLimits);
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
  /** Made with the first use: desktops of Socket.IO renew no token. */
  #renewals: TokenBucket | undefined;
  #connections = 0;

  constructor(limits: AgentLimits) {
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
}

class AgentConnection implements ConnectionAllowance {
  readonly #agent: Agent;
  readonly #deps: AgentLimiterDeps;
  readonly #release: () => void;
  #isOpen = true;
  // Made with the first use: most connections join a few conversations, and those of Socket.IO renew no token.
  #joins: TokenBucket | undefined;
  #renewals: TokenBucket | undefined;

  constructor(agent: Agent, deps: AgentLimiterDeps, release: () => void) {
    this.#agent = agent;
    this.#deps = deps;
    this.#release = release;
  }

  takeJoin(): boolean {
    this.#joins ??= new TokenBucket(this.#deps.joinRate);
    return this.#joins.take() && this.#agent.joins.take();
  }

  takeRenewal(): boolean {
    this.#renewals ??= new TokenBucket(this.#deps.limits.renewalRate);
    return this.#renewals.take() && this.#agent.renewals.take();
  }

  takeMessage(): boolean {
    return this.#agent.messages.take();
  }

  release(): void {
    if (this.#isOpen) this.#release();
    this.#isOpen = false;
  }
}
