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

/** What the connections of one agent have in common. */
interface Agent {
  connections: number;
  readonly connectionsMax: number;
  readonly joins: TokenBucket;
  readonly renewals: TokenBucket;
  readonly messages: TokenBucket;
  /** Counts what is refused. */
  readonly refusals: ThrottledCountLog<Refused, Holder>;
}

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
    if (agent.connections >= agent.connectionsMax) {
      agent.refusals.count('connections', holder);
      return undefined;
    }
    agent.connections++;
    return this.#allowance(agent, holder, () => {
      agent.connections--;
      if (agent.connections > 0) return;
      this.#agents.delete(key);
      this.#idle.set(key, agent);
    });
  }

  #agentOf(key: string, holder: Holder): Agent {
    const known = this.#agents.get(key) ?? this.#idle.get(key);
    const agent = known ?? this.#newAgent(isApplication(holder.subject));
    this.#idle.delete(key);
    this.#agents.set(key, agent);
    return agent;
  }

  #newAgent(isApplication: boolean): Agent {
    const { limits, logger } = this.#deps;
    const { connectionsMax, joinRate, renewalRate, messageRate }: AgentLimits = isApplication
      ? limits.application
      : limits.agent;
    return {
      connections: 0,
      connectionsMax,
      joins: new TokenBucket(joinRate),
      renewals: new TokenBucket(renewalRate),
      messages: new TokenBucket(messageRate),
      refusals: new ThrottledCountLog({
        counted: ['connections', 'joins', 'renewals', 'messages'],
        write: (refused, { subject, tokenId }) =>
          logger.warn({ sub: subject, jti: tokenId, refused }, 'an agent asks for more than it may'),
        now: Date.now,
      }),
    };
  }

  #allowance(agent: Agent, holder: Holder, release: () => void): ConnectionAllowance {
    const joins = new TokenBucket(this.#deps.joinRate);
    const renewals = new TokenBucket(this.#deps.limits.renewalRate);
    const { subject, tokenId } = holder;
    const take = (what: Exclude<Refused, 'connections'>, own?: TokenBucket) => {
      const isTaken = own?.take() !== false && agent[what].take();
      if (!isTaken) agent.refusals.count(what, { subject, tokenId });
      return isTaken;
    };
    let isOpen = true;
    return {
      takeJoin: () => take('joins', joins),
      takeRenewal: () => take('renewals', renewals),
      takeMessage: () => take('messages'),
      release: () => {
        if (isOpen) release();
        isOpen = false;
      },
    };
  }
}
