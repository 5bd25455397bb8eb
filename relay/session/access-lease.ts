import type { ShortName } from '../../shared/conversation-name.ts';
import { type Access, AccessRefusedError, type Grant } from '../access/access-policy.ts';
import type { Audit } from '../access/audit.ts';
import { type Source, traceName } from '../access/client-info.ts';
import { JoinRefusedError } from '../access/token-sessions.ts';
import type { Claims } from '../identity/claims.ts';
import { AUTHORIZER_RETRY_MS } from '../limits.ts';

export interface VisitsDeps {
  access: Pick<Access, 'nameOf' | 'require'>;
  audit: Pick<Audit, 'note'>;
  /** When to ask again after a question without an answer, in milliseconds; the default is AUTHORIZER_RETRY_MS. */
  retryMs?: number | undefined;
}

/** Whose connection it is. */
export interface Visitor {
  /** Of the present token; a native connection renews it. */
  claims(): Claims;
  source: Source;
  /** Takes the desktop out of a conversation that it may not see any more, and tells it. */
  remove(conversation: ShortName, reason: string): void;
}

/** A stay in a conversation. */
interface Visit {
  timer: NodeJS.Timeout | undefined;
}

/**
 * The conversations of one connection, as far as access goes: who is let in, and for how long.
 *
 * While a desktop is in a conversation, the authorizer is asked about it again and again, each time before its last
 * answer is too old to be used. A deny ends the stay. No answer does not: the desktop was let in, and its call goes on.
 */
export class Visits {
  readonly #deps: VisitsDeps;
  readonly #visitor: Visitor;
  /** Of joins that are not through yet. */
  readonly #grants = new Map<ShortName, Grant>();
  readonly #visits = new Map<ShortName, Visit>();

  constructor(deps: VisitsDeps, visitor: Visitor) {
    this.#deps = deps;
    this.#visitor = visitor;
  }

  /**
   * The short name of the conversation that the desktop asks for.
   *
   * @throws what {@link Access.nameOf} throws.
   */
  nameOf(name: unknown): ShortName {
    try {
      return this.#deps.access.nameOf(name);
    } catch (error) {
      if (error instanceof Error) this.#refused(error.message, undefined);
      throw error;
    }
  }

  /** @throws {AccessRefusedError} when the desktop may not join. */
  async admit(conversation: ShortName): Promise<void> {
    this.#grants.set(conversation, await this.#require(conversation, { isAnew: false }));
  }

  /** The desktop is in; also when it was in before, and has joined anew. */
  entered(conversation: ShortName): void {
    const known = this.#visits.get(conversation);
    const visit: Visit = known ?? { timer: undefined };
    if (known === undefined) {
      this.#visits.set(conversation, visit);
      this.#deps.audit.note('join', { outcome: 'done', conversation, ...this.#who() });
    }
    this.#lookAgainBefore(conversation, visit, this.#grants.get(conversation)?.until);
    this.#grants.delete(conversation);
  }

  /** @param outcome why, in fixed words. */
  left(conversation: ShortName, outcome: string): void {
    this.#grants.delete(conversation);
    const visit = this.#visits.get(conversation);
    if (visit === undefined) return;
    clearTimeout(visit.timer);
    this.#visits.delete(conversation);
    this.#deps.audit.note('leave', { outcome, conversation, ...this.#who() });
  }

  /** A join, or another join of the same conversation, has failed: the desktop is out. */
  failed(conversation: ShortName, error: unknown): void {
    const isRefused = error instanceof AccessRefusedError || error instanceof JoinRefusedError;
    if (isRefused) this.#refused(error.message, conversation);
    this.left(conversation, isRefused ? error.message : 'the join failed');
  }

  leftAll(outcome: string): void {
    for (const conversation of [...this.#visits.keys()]) this.left(conversation, outcome);
    this.#grants.clear();
  }

  /** The token is another: it may open less. What the authorizer has said of its holder still holds. */
  async renewed(): Promise<void> {
    await Promise.all([...this.#visits].map(([name, visit]) => this.#look(name, visit, { isAnew: false })));
  }

  #require(conversation: ShortName, { isAnew }: { isAnew: boolean }): Promise<Grant> {
    const { source } = this.#visitor;
    return this.#deps.access.require(this.#visitor.claims(), 'join', conversation, {
      isAnew,
      trace: traceName(source),
    });
  }

  /** At a random moment before it, so that those who came together are not asked about together for ever. */
  #lookAgainBefore(conversation: ShortName, visit: Visit, until: number | undefined): void {
    clearTimeout(visit.timer);
    if (until === undefined) return;
    const ms = (until - Date.now()) * (0.7 + 0.2 * Math.random());
    visit.timer = setTimeout(() => void this.#look(conversation, visit, { isAnew: true }), Math.max(0, ms));
  }

  async #look(conversation: ShortName, visit: Visit, options: { isAnew: boolean }): Promise<void> {
    let grant: Grant;
    try {
      grant = await this.#require(conversation, options);
    } catch (error) {
      if (this.#visits.get(conversation) !== visit) return;
      if (error instanceof AccessRefusedError && !error.isTemporary) {
        this.left(conversation, error.message);
        this.#visitor.remove(conversation, error.message);
        return;
      }
      grant = { until: Date.now() + (this.#deps.retryMs ?? AUTHORIZER_RETRY_MS) };
    }
    if (this.#visits.get(conversation) === visit) this.#lookAgainBefore(conversation, visit, grant.until);
  }

  #refused(outcome: string, conversation: ShortName | undefined): void {
    this.#deps.audit.note('refuse', { refused: 'join', outcome, conversation, ...this.#who() });
  }

  #who() {
    return { agent: this.#visitor.claims(), source: this.#visitor.source };
  }
}
