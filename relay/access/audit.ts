import type { ShortName } from '../../shared/conversation-name.ts';
import type { Logger } from '../../shared/log.ts';
import type { Claims } from '../identity/claims.ts';
import type { Action } from './authorizer-webhook.ts';
import type { ClientInfo } from './client-info.ts';

/** What is audited, and when. */
export const AUDIT_EVENTS = {
  register: 'a token was issued',
  refuse: 'somebody was not let in, or not allowed something',
  join: 'a desktop gets the events of a conversation from now on',
  leave: 'a desktop no longer gets them',
  write: 'a request with POST or PATCH, or a message on a stream, went to Dialogflow',
  revoke: 'tokens were revoked, or everybody was removed from a conversation',
  erase: 'the data of a conversation was removed from Redis',
  trace: 'an administrator asked what is known of a conversation',
} as const;

export type AuditEvent = keyof typeof AUDIT_EVENTS;

/** What was refused. */
export type Refused = 'register' | 'connect' | 'resume' | 'request' | 'admin' | Action;

/** The fields of one line. None of them may hold content, a token or an integration key. */
export interface AuditEntry {
  /** `done`, or the result in fixed words. */
  outcome: string;
  client: ClientInfo;
  /** Whose token it was, or who asked for one. Absent where that is unknown, and for the administrator. */
  agent?: (Pick<Claims, 'subject'> & Partial<Pick<Claims, 'tokenId'>>) | undefined;
  conversation?: ShortName | undefined;
  refused?: Refused;
  /** A route's template, which holds no name. */
  route?: string | undefined;
  status?: number;
  /** Whose tokens were revoked. */
  target?: { sub?: string | undefined; jti?: string | undefined };
}

/** Hears of each event as it is audited. It must not throw. */
export type AuditListener = (event: AuditEvent, entry: AuditEntry) => void;

/** Writes one structured log line for each event, at any LOG_LEVEL. */
export class Audit {
  readonly #logger: Logger;
  readonly #onNoted: AuditListener | undefined;

  constructor(logger: Logger, onNoted?: AuditListener) {
    this.#logger = logger.child({}, { level: 'info' });
    this.#onNoted = onNoted;
  }

  note(event: AuditEvent, entry: AuditEntry): void {
    this.#onNoted?.(event, entry);
    const { outcome, client, agent, conversation, refused, route, status, target } = entry;
    const fields = {
      audit: event,
      outcome,
      refused,
      sub: agent?.subject,
      provider: agent === undefined ? undefined : providerOf(agent.subject),
      jti: agent?.tokenId,
      conversation,
      route,
      status,
      target_sub: target?.sub,
      target_jti: target?.jti,
      from: client.address,
      ...client.trace,
    };
    this.#logger.info(fields, 'audit');
  }
}

/** Every subject starts with the name of the provider that verified it. See `Identity.subject`. */
export function providerOf(subject: string): string {
  return subject.split(':', 1)[0] ?? '';
}
