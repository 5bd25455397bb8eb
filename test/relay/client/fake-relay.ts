import type { DeliveredEvent } from '../../../relay/client/index.ts';
import { EVENT_KINDS, INTERIM_KIND } from '../../../shared/event.ts';

/** The relay's end of a connection. */
export interface Peer {
  send(frame: unknown): void;
  close(code: number, reason: string): void;
}

export interface Frame {
  type: string;
  id?: string | number;
  conversation?: string;
  after?: string;
  token?: string;
}

/** One life of a conversation's log. */
class FakeLog {
  readonly epoch: string;
  readonly events: DeliveredEvent[] = [];
  /** How many of the first events are not retained any more. */
  trimmed = 0;

  constructor(epoch: string) {
    this.epoch = epoch;
  }

  cursorAt(offset: number): string {
    return `${this.epoch}.${offset}.tag`;
  }

  /** The offset that a cursor stands for; undefined when this log does not go on from there. */
  offsetOf(cursor: string): number | undefined {
    if (cursor === '0') return this.trimmed === 0 ? 0 : undefined;
    const [epoch, offset = ''] = cursor.split('.');
    const known = Number(offset);
    return epoch === this.epoch && known >= this.trimmed && known <= this.events.length ? known : undefined;
  }
}

/**
 * A relay as the protocol describes it, with logs in memory. It answers at once unless a test makes it `script`ed,
 * silent or forgetful.
 */
export class FakeRelay {
  /** What becomes of a new connection. */
  reachable: 'yes' | 'no' | 'silent' = 'yes';
  /** When a token ends that it is given now, in seconds since 1970. */
  expiresAt: () => number = () => Date.parse('2030-01-01') / 1000;
  /** Takes a frame in the relay's stead: true when the relay shall do nothing with it. */
  script: ((frame: Frame, session: FakeSession) => boolean) | undefined;
  readonly sessions = new Set<FakeSession>();
  /** Every frame of every connection. */
  readonly received: Frame[] = [];
  readonly #logs = new Map<string, FakeLog>();
  #lives = 0;
  #published = 0;

  accept(peer: Peer): FakeSession {
    const session = new FakeSession(this, peer);
    this.sessions.add(session);
    return session;
  }

  log(conversation: string): FakeLog {
    const log = this.#logs.get(conversation) ?? new FakeLog(`life${++this.#lives}`);
    this.#logs.set(conversation, log);
    return log;
  }

  /** Appends an event and sends it to those who have joined. */
  publish(conversation: string): DeliveredEvent {
    const log = this.log(conversation);
    const event = this.#event(conversation, log.cursorAt(log.events.length + 1));
    log.events.push(event);
    for (const session of this.sessions) session.deliver(event);
    return event;
  }

  /** Sends what is not retained. */
  publishInterim(conversation: string): DeliveredEvent {
    const log = this.log(conversation);
    const event: DeliveredEvent = {
      ...this.#event(conversation, log.cursorAt(log.events.length)),
      data_type: INTERIM_KIND,
    };
    for (const session of this.sessions) session.deliver(event);
    return event;
  }

  /** Loses the log of a conversation; who is in it is told. */
  loseLog(conversation: string): void {
    this.#logs.delete(conversation);
    const cursor = this.log(conversation).cursorAt(0);
    for (const session of this.sessions) {
      if (session.joined.has(conversation)) session.send({ type: 'reset', conversation, cursor });
    }
  }

  #event(conversation: string, cursor: string): DeliveredEvent {
    return {
      conversation_name: conversation,
      data: '{}',
      data_type: EVENT_KINDS[1],
      ack_time: '2026-01-05T09:00:00Z',
      publish_time: '2026-01-05T09:00:00.000Z',
      message_id: String(++this.#published),
      cursor,
    };
  }
}

/** One connection. */
export class FakeSession {
  readonly joined = new Set<string>();
  readonly #relay: FakeRelay;
  readonly #peer: Peer;
  #isAuthenticated = false;
  #isClosed = false;

  constructor(relay: FakeRelay, peer: Peer) {
    this.#relay = relay;
    this.#peer = peer;
  }

  send(frame: unknown): void {
    if (!this.#isClosed) this.#peer.send(frame);
  }

  close(code: number, reason = ''): void {
    this.closed();
    this.#peer.close(code, reason);
  }

  closed(): void {
    this.#isClosed = true;
    this.#relay.sessions.delete(this);
  }

  deliver(event: DeliveredEvent): void {
    if (this.joined.has(event.conversation_name)) this.send({ type: 'event', event });
  }

  receive(text: string): void {
    const frame: Frame = JSON.parse(text);
    this.#relay.received.push(frame);
    if (this.#relay.script?.(frame, this)) return;
    if (frame.type === 'auth') {
      this.#isAuthenticated = true;
      this.send({ type: 'ready', session: 's', expires_at: this.#relay.expiresAt(), later: 'field' });
    } else if (!this.#isAuthenticated) this.close(4500, 'the first frame was not auth');
    else if (frame.type === 'join') this.join(frame);
    else if (frame.type === 'leave') this.#leave(frame);
    else if (frame.type === 'ping') this.send({ type: 'pong' });
  }

  /** Answers a join; may be called later by a script that has held it back. */
  join({ id, conversation = '', after }: Frame): void {
    const log = this.#relay.log(conversation);
    const top = log.events.length;
    const known = after === undefined ? top : log.offsetOf(after);
    const start = known ?? log.trimmed;
    this.joined.add(conversation);
    this.send({
      type: 'joined',
      id,
      conversation,
      cursor: after === '0' && start === 0 ? '0' : log.cursorAt(start),
      recovered: known !== undefined,
    });
    for (const event of log.events.slice(start)) this.deliver(event);
  }

  #leave({ id, conversation = '' }: Frame): void {
    if (this.joined.delete(conversation)) this.send({ type: 'left', id });
    else this.send({ type: 'error', id, code: 'not-joined', message: 'the conversation is not joined' });
  }
}
