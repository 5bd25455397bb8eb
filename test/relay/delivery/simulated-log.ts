import type { ShortName } from '../../../shared/conversation-name.ts';
import { type AgentAssistEvent, INTERIM_KIND } from '../../../shared/event.ts';
import type { AppendResult, LogPage } from '../../../shared/stream/event-log.ts';
import { type Position, ROOT_TAG } from '../../../shared/stream/position.ts';
import type { ChannelMessage, InterimEvent, LoggedEvent } from '../../../shared/stream/protocol.ts';
import { sortableTime } from '../../../shared/stream/sortable-time.ts';
import type { SimulatedChannel } from './simulated-channel.ts';

export const CONVERSATION: ShortName = 'projects/demo-project/conversations/simulated';

/** All that Redis holds of one conversation. Never changed, only replaced: an old one is a replica that lags. */
interface State {
  readonly epoch: string;
  readonly offset: number;
  readonly tag: string;
  readonly interims: number;
  readonly entries: readonly LoggedEvent[];
  readonly open: ReadonlyMap<string, OpenInterim>;
  readonly over: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
}

interface OpenInterim {
  readonly sentAt: string;
  readonly interim: InterimEvent;
}

const NOTHING: State = {
  epoch: '',
  offset: 0,
  tag: ROOT_TAG,
  interims: 0,
  entries: [],
  open: new Map(),
  over: new Set(),
  ids: new Set(),
};

/**
 * One conversation's log, as append.lua writes it and read.lua reads it, with what can befall it. Its names are
 * counted, not random, so that a failing test tells the same story every time.
 */
export class SimulatedLog {
  /** What was written, by message id; also what the log has lost since. */
  readonly written = new Map<string, AgentAssistEvent>();
  /** How often the log was lost or went back. */
  losses = 0;
  /** How often it went back. */
  returns = 0;
  /** Whether interim transcripts were ever taken back within one life of the log. */
  hasForgottenInterims = false;
  /** Whether any event was ever dropped for its age. */
  hasTrimmed = false;
  readonly #historySize: number;
  readonly #channels: SimulatedChannel[] = [];
  #state = NOTHING;
  /** Every state so far, for a replica that lags. */
  readonly #past: State[] = [];
  #names = 0;

  constructor(historySize = 1_000) {
    this.#historySize = historySize;
  }

  get top(): Position {
    const { epoch, offset, tag } = this.#state;
    return { epoch, offset, tag };
  }

  get retained(): readonly LoggedEvent[] {
    return this.#state.entries;
  }

  get interims(): number {
    return this.#state.interims;
  }

  get open(): InterimEvent[] {
    const open = [...this.#state.open.values()].map(({ interim }) => ({ ...interim, position: this.top }));
    return open.sort((a, b) => a.sequence - b.sequence);
  }

  subscribe(channel: SimulatedChannel): void {
    this.#channels.push(channel);
  }

  append(event: AgentAssistEvent): AppendResult {
    const member = event.messageId && `${event.kind} ${event.messageId}`;
    if (this.#state.epoch !== '' && this.#state.ids.has(member)) return this.#result('duplicate');
    const old = this.#state.epoch === '' ? { ...NOTHING, epoch: this.#name('life') } : this.#state;
    const isInterim = event.kind === INTERIM_KIND;
    const utterance = isInterim && event.utterance;
    const name = utterance ? `${utterance.participant} ${utterance.message}` : '';
    const sentAt = sortableTime(event.publishTime);
    if (utterance && old.over.has(utterance.message))
      return { ...this.#result('superseded'), reason: 'over' };
    if (sentAt !== '' && (old.open.get(name)?.sentAt ?? '') > sentAt)
      return { ...this.#result('superseded'), reason: 'stale' };

    const open = new Map(old.open);
    const body = { kind: event.kind, messageId: event.messageId, json: event.json };
    let message: ChannelMessage;
    let next = old;
    if (isInterim) {
      const sequence = old.interims + 1;
      const position = { epoch: old.epoch, offset: old.offset, tag: old.tag };
      message = { type: 'interim', position, sequence, ...body };
      if (utterance && !event.closes) open.set(name, { sentAt, interim: message });
      next = { ...old, interims: sequence };
    } else {
      const position = { epoch: old.epoch, offset: old.offset + 1, tag: this.#name('tag') };
      message = { type: 'event', position, previousTag: old.tag, ...body };
      const entries = [...old.entries, message].slice(-this.#historySize);
      if (entries.length <= old.entries.length) this.hasTrimmed = true;
      next = { ...old, offset: position.offset, tag: position.tag, entries };
    }
    for (const key of open.keys()) if (event.closes && key.endsWith(` ${event.closes}`)) open.delete(key);
    const over = event.closes ? new Set(old.over).add(event.closes) : old.over;
    const ids = member ? new Set(old.ids).add(member) : old.ids;
    this.#past.push(this.#state);
    this.#state = { ...next, open, over, ids };
    this.written.set(event.messageId, event);
    for (const channel of this.#channels) channel.publish(message);
    return this.#result('appended');
  }

  read(after: number, limit: number): LogPage {
    const { epoch, interims, entries } = this.#state;
    if (epoch === '' || limit === 0) return { top: this.top, interims, events: [], open: [] };
    const events = entries.filter(({ position }) => position.offset > after).slice(0, limit);
    const isLast = events.length === 0 || events.at(-1)?.position.offset === this.top.offset;
    return { top: this.top, interims, events, open: isLast ? this.open : [] };
  }

  /** Redis comes back empty, or evicts the conversation. */
  lose(): void {
    this.#replace(NOTHING);
    this.losses++;
  }

  /** A replica that has not seen the last `steps` writes takes over. */
  goBack(steps: number): void {
    const length = Math.max(this.#past.length - steps, 0);
    const replica = this.#past[length];
    if (replica === undefined) return;
    const forgotten = [...this.#past.splice(length), this.#state];
    this.hasForgottenInterims ||= forgotten.some(
      ({ epoch, interims }) => epoch === replica.epoch && interims > replica.interims,
    );
    this.#state = replica;
    this.losses++;
    this.returns++;
  }

  /** The events' time to live ends; what is known of the log's top lives longer. */
  expire(): void {
    this.#replace({ ...this.#state, entries: [] });
    this.hasTrimmed = true;
  }

  /** Whether `position` is in this history and every event after it is still there. */
  holds({ epoch, offset, tag }: Position): boolean {
    const { top, retained } = this;
    if (epoch !== '' && epoch !== top.epoch) return false;
    if (offset >= top.offset) return offset === top.offset && tag === top.tag;
    return retained.some((event) => event.position.offset === offset + 1 && event.previousTag === tag);
  }

  #replace(state: State): void {
    this.#past.push(this.#state);
    this.#state = state;
  }

  #result(outcome: AppendResult['outcome']): AppendResult {
    return { outcome, position: this.top };
  }

  #name(what: string): string {
    return `${what}${++this.#names}`;
  }
}

/** A final message; `closes` is the utterance that it ends. */
export function eventNamed(
  messageId: string,
  { closes = '', json = `{"${messageId}":1}` } = {},
): AgentAssistEvent {
  const event: AgentAssistEvent = {
    conversation: CONVERSATION,
    kind: 'new-message-event',
    messageId,
    publishTime: '',
    json,
  };
  return closes ? { ...event, closes } : event;
}

/** An interim transcript; one without an utterance is not conflated. */
export function interimNamed(
  messageId: string,
  utterance?: string,
  { isFinal = false, publishTime = '', json = `{"${messageId}":1}` } = {},
): AgentAssistEvent {
  const event: AgentAssistEvent = {
    conversation: CONVERSATION,
    kind: INTERIM_KIND,
    messageId,
    publishTime,
    json,
  };
  if (utterance === undefined) return event;
  const interim = { ...event, utterance: { participant: 'caller', message: utterance } };
  return isFinal ? { ...interim, closes: utterance } : interim;
}
