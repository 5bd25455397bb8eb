import type { JoinAnswer, JoinFrom, Member } from '../../../relay/delivery/member.ts';
import { type Position, START } from '../../../shared/stream/position.ts';
import type { ChannelMessage, InterimEvent, LoggedEvent } from '../../../shared/stream/protocol.ts';
import type { SimulatedLog } from './simulated-log.ts';

/** A desktop that knows the truth: it compares what it is told with the log and writes down every fault. */
export class WatchedMember implements Member {
  readonly faults: string[] = [];
  readonly received: ChannelMessage[] = [];
  readonly resets: Position[] = [];
  answer: JoinAnswer | undefined;
  /** Up to where it has everything, from {@link startedAt}. */
  position: Position = START;
  startedAt: Position = START;
  hasLeft = false;
  /** Called with each message, to leave or join in the middle of a delivery. */
  onDeliver: (message: ChannelMessage) => void = () => {};
  onJoined: () => void = () => {};
  /** For a member whose connection takes its time. */
  inTurn?: (read: () => Promise<() => boolean>) => Promise<boolean>;

  readonly #log: SimulatedLog;
  readonly #from: JoinFrom;
  readonly #lossesBefore: number;
  /** Whether the place it asked for was, at each change of the log so far, one to go on from. */
  #wasAlwaysHeld = true;
  #wasNeverHeld = true;
  readonly #writtenBeforeJoin: ReadonlySet<string>;
  #writtenBeforeAnswer: ReadonlySet<string> = new Set();
  #lastInterim = 0;
  #messageIds = new Set<string>();
  #overUtterances = new Set<string>();

  constructor(log: SimulatedLog, from: JoinFrom) {
    this.#log = log;
    this.#from = from;
    this.#lossesBefore = log.losses;
    this.#writtenBeforeJoin = new Set(log.written.keys());
    this.look();
  }

  get events(): LoggedEvent[] {
    return this.received.filter((message) => message.type === 'event');
  }

  get interims(): InterimEvent[] {
    return this.received.filter((message) => message.type === 'interim');
  }

  /** Call after every change of the log. */
  look(): void {
    if (this.answer || this.#from === 'live') return;
    const isHeld = this.#log.holds(this.#from);
    this.#wasAlwaysHeld &&= isHeld;
    this.#wasNeverHeld &&= !isHeld;
  }

  joined(answer: JoinAnswer): void {
    this.#expect(this.answer === undefined, 'is told twice that it has joined');
    this.#expect(!this.hasLeft, 'is told that it has joined after it left');
    this.answer = answer;
    this.position = answer.position;
    this.startedAt = answer.position;
    this.#writtenBeforeAnswer = new Set(this.#log.written.keys());
    if (this.#from !== 'live') {
      const isSame = answer.position.offset === this.#from.offset && answer.position.tag === this.#from.tag;
      this.#expect(!answer.recovered || isSame, 'recovers from another place than it asked for');
      const hadLosses = this.#log.losses > this.#lossesBefore;
      const hadToRecover = this.#wasAlwaysHeld && !hadLosses;
      this.#expect(answer.recovered || !hadToRecover, 'does not recover although nothing is missing');
      this.#expect(!answer.recovered || !this.#wasNeverHeld, 'recovers although events are missing');
    }
    this.onJoined();
  }

  deliver(message: ChannelMessage): void {
    this.#expect(this.answer !== undefined, 'receives before it has joined');
    this.#expect(!this.hasLeft, 'receives after it left');
    const isNew = !this.#messageIds.has(message.messageId);
    this.#expect(isNew || this.#isUncertain(message), `receives ${message.messageId} twice`);
    const startsLive = this.#from === 'live' && this.answer?.recovered && this.resets.length === 0;
    const isOld = this.#writtenBeforeJoin.has(message.messageId) && this.#log.losses === 0;
    this.#expect(!startsLive || !isOld, `joins live and receives the old ${message.messageId}`);
    if (message.type === 'event') this.#checkEvent(message);
    else this.#checkInterim(message);
    this.received.push(message);
    this.#messageIds.add(message.messageId);
    const closes = this.#log.written.get(message.messageId)?.closes;
    if (closes) this.#overUtterances.add(closes);
    this.onDeliver(message);
  }

  reset(position: Position): void {
    this.#expect(this.answer !== undefined, 'is reset before it has joined');
    this.#expect(!this.hasLeft, 'is reset after it left');
    const wasLost = this.#log.losses > 0 && this.position.offset === 0;
    const isDue = this.#log.returns > 0 || wasLost || !this.#log.holds(this.position);
    this.#expect(isDue, `is reset at ${show(this.position)} although nothing is missing`);
    this.resets.push(position);
    this.position = position;
    this.startedAt = position;
    this.#lastInterim = 0;
    this.#messageIds = new Set();
    this.#overUtterances = new Set();
  }

  /** Call when nothing is under way any more: the member must have all that there is. */
  checkAtRest(): void {
    const { top, retained, open } = this.#log;
    this.#expect(this.answer !== undefined, 'has not joined');
    const isAtTop = top.offset === 0 ? this.position.offset === 0 : isSameStreamPosition(this.position, top);
    this.#expect(isAtTop, `stands at ${show(this.position)}, the log at ${show(top)}`);
    const startsAnew = this.resets.length > 0 || !this.answer?.recovered;
    const missed = retained.find((event) => event.position.offset <= this.startedAt.offset);
    // A replica that lags may still have what was trimmed.
    const isLate = this.#log.returns > 0 && this.#log.hasTrimmed;
    const hasAll = !startsAnew || isLate || !missed;
    this.#expect(hasAll, `starts at ${show(this.startedAt)}: ${missed?.messageId} is not sent`);
    const isPartial = this.#from === 'live' && this.resets.length === 0;
    for (const interim of open) {
      if (isPartial && this.#writtenBeforeAnswer.has(interim.messageId)) continue;
      const isSeen = this.#messageIds.has(interim.messageId) || this.#isUncertain(interim);
      this.#expect(isSeen, `has not seen the open ${interim.messageId}`);
    }
  }

  #checkEvent({ position, previousTag, messageId }: LoggedEvent): void {
    const mine = this.position;
    const follows =
      (mine.epoch === '' || mine.epoch === position.epoch) &&
      position.offset === mine.offset + 1 &&
      previousTag === mine.tag;
    this.#expect(follows, `receives ${messageId} at ${show(position)} after ${show(mine)}`);
    this.position = position;
  }

  #checkInterim(interim: InterimEvent): void {
    const { position, sequence, messageId } = interim;
    const mine = this.position;
    const isKnown = (mine.epoch === '' || mine.epoch === position.epoch) && position.offset <= mine.offset;
    this.#expect(isKnown, `receives ${messageId} of ${show(position)} at ${show(mine)}`);
    const utterance = this.#log.written.get(messageId)?.utterance?.message ?? '';
    const isOpen = !this.#overUtterances.has(utterance) || this.#isUncertain(interim);
    this.#expect(isOpen, `receives ${messageId} of an utterance that is over`);
    const isNewer = sequence > this.#lastInterim || this.#isUncertain(interim);
    this.#expect(isNewer, `receives ${messageId} as number ${sequence} after ${this.#lastInterim}`);
    this.#lastInterim = sequence;
  }

  /** After a failover the numbers of interim transcripts are given again, and nothing tells the two apart. */
  #isUncertain(message: ChannelMessage): boolean {
    return message.type === 'interim' && this.#log.hasForgottenInterims;
  }

  #expect(isRight: boolean, fault: string): void {
    if (!isRight) this.faults.push(fault);
  }
}

function isSameStreamPosition(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.offset === b.offset && a.tag === b.tag;
}

function show({ epoch, offset, tag }: Position): string {
  return `${epoch}.${offset}.${tag}`;
}
