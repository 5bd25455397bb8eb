import { LRUCache } from 'lru-cache';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { AuditEntry, AuditEvent } from '../access/audit.ts';
import { REFUSAL_REASONS, type RefusalReason } from '../refusals/reasons.ts';
import type { RefusalDetails } from '../refusals/refusals.ts';
import type { TraceLimits } from './limits.ts';
import type { RefusalReport, VisitReport } from './relay-report.ts';

/** The status in the audit of a call whose client went away. */
const CLIENT_GONE = 499;

type Visit = VisitReport & { conversation: ShortName };

/** The joins, leaves and refusals of the last hour, of this relay, as far as the limits let it remember them. */
export class AuditTrail {
  readonly #limits: TraceLimits;
  readonly #now: () => number;
  readonly #visits: LRUCache<string, Visit>;
  readonly #refusals: LRUCache<string, RefusalReport>;
  readonly #unknown: LRUCache<string, RefusalReport>;

  constructor(limits: TraceLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#visits = new LRUCache({ max: limits.visitsMax });
    this.#refusals = new LRUCache({ max: limits.refusalsMax });
    this.#unknown = new LRUCache({ max: limits.unknownRefusalsMax });
  }

  /** Takes what the relay audits: joins, leaves, and calls that Dialogflow did not take. */
  note(event: AuditEvent, { outcome, agent, conversation, route, status = 0 }: AuditEntry): void {
    const who = { sub: agent?.subject ?? '', jti: agent?.tokenId ?? '' };
    if (event === 'write' && status >= 400 && status !== CLIENT_GONE)
      this.#refused({
        ...who,
        refused: 'dialogflow',
        outcome: `HTTP ${status}`,
        conversation: conversation ?? '',
        route: route ?? '',
      });
    else if (event === 'join' && conversation !== undefined) {
      const joined = { ...who, conversation, joinedAt: this.#now(), leftAt: null, outcome: '' };
      this.#visits.set(`${conversation} ${who.sub}`, joined);
    } else if (event === 'leave' && conversation !== undefined) {
      const key = `${conversation} ${who.sub}`;
      const joinedAt = this.#visits.get(key)?.joinedAt ?? null;
      this.#visits.set(key, { ...who, conversation, joinedAt, leftAt: this.#now(), outcome });
    }
  }

  /** Takes a refusal. Those of requests that show no token and no origin tell nothing of a desktop. */
  refused(reason: RefusalReason, details: RefusalDetails): void {
    const { refused, origin, agent, client, conversation = '', route = '' } = details;
    if (refused === undefined || refused === 'admin') return;
    // The audit tells of it with the conversation.
    if (refused === 'request' && reason === 'dialogflow') return;
    const outcome =
      reason === 'origin'
        ? `CORS_ALLOWED_ORIGINS does not list ${origin ?? 'it'}`
        : (details.outcome ?? REFUSAL_REASONS[reason]);
    const who = { sub: agent?.subject ?? '', jti: agent?.tokenId ?? '', from: client?.address ?? '' };
    this.#refused({ ...who, refused, reason, outcome, conversation, route });
  }

  /** Who has joined or left a conversation, the latest first. */
  visitsOf(conversation: ShortName): VisitReport[] {
    return [...this.#visits.values()]
      .filter((visit) => visit.conversation === conversation)
      .filter(({ joinedAt, leftAt }) => this.#isRecent(Math.max(joinedAt ?? 0, leftAt ?? 0)))
      .slice(0, this.#limits.listedMax)
      .map(({ conversation: _, ...visit }) => visit);
  }

  /**
   * What was refused about a conversation or to one of these agents, and joins of names that are none and refusals of
   * somebody unknown, because either may be of the desktop in question. The latest first.
   */
  refusalsOf(conversation: ShortName, agents: ReadonlySet<string>): RefusalReport[] {
    const known = [...this.#refusals.values()].filter(
      (refusal) =>
        refusal.conversation === conversation ||
        agents.has(refusal.sub) ||
        (refusal.refused === 'join' && refusal.conversation === ''),
    );
    return [...known, ...this.#unknown.values()]
      .filter(({ lastAt }) => this.#isRecent(lastAt))
      .slice(0, this.#limits.listedMax);
  }

  #refused(given: Omit<RefusalReport, 'count' | 'firstAt' | 'lastAt'>): void {
    const refusals = given.sub === '' ? this.#unknown : this.#refusals;
    const { refused, sub, conversation, outcome } = given;
    const key = [refused, sub, conversation, outcome].join('\n');
    const before = refusals.get(key);
    const lastAt = this.#now();
    const { count, firstAt } =
      before !== undefined && this.#isRecent(before.lastAt) ? before : { count: 0, firstAt: lastAt };
    refusals.set(key, { ...given, count: count + 1, firstAt, lastAt });
  }

  #isRecent(at: number): boolean {
    return this.#now() - at < this.#limits.rememberMs;
  }
}
