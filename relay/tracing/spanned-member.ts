import type { ShortName } from '../../shared/conversation-name.ts';
import type { Position } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { OWN } from '../../shared/tracing/attributes.ts';
import type { Span } from '../../shared/tracing/tracer.ts';
import type { JoinAnswer, Member } from '../delivery/member.ts';
import type { DeliverySpans } from './delivery-spans.ts';

/** A member of a room: what it is sent before it is live belongs to its replay, and what it is sent later is a delivery. */
export class SpannedMember implements Member {
  readonly #member: Member;
  readonly #conversation: ShortName;
  readonly #deliveries: DeliverySpans;
  /** Of its replay, until it is live. */
  #replay: Span | undefined;
  #replayed = 0;
  #isLive = false;

  constructor(member: Member, conversation: ShortName, deliveries: DeliverySpans, replay: Span | undefined) {
    this.#member = member;
    this.#conversation = conversation;
    this.#deliveries = deliveries;
    this.#replay = replay;
  }

  /** It has reached the top of the log, or could not; then with what class of error. */
  live(errorType?: string): void {
    this.#isLive = true;
    this.#replay?.set({ [OWN.replayMessages]: this.#replayed });
    this.#replay?.end(errorType);
    this.#replay = undefined;
  }

  joined(answer: JoinAnswer): void {
    this.#replay?.set({ [OWN.replayRecovered]: answer.recovered });
    this.#member.joined(answer);
  }

  deliver(message: ChannelMessage): void {
    if (this.#isLive) this.#deliveries.note(this.#conversation, message);
    else this.#replayed++;
    this.#member.deliver(message);
  }

  reset(position: Position, from: Position): void {
    this.#member.reset(position, from);
  }

  inTurn(read: () => Promise<() => boolean>): Promise<boolean> {
    return this.#member.inTurn?.(read) ?? read().then((deliver) => deliver());
  }
}
