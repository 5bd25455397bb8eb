import type { JoinFrom } from '../../../relay/delivery/member.ts';
import { type Position, START } from '../../../shared/stream/position.ts';
import { ALL_TICKS, type Scenario, type Step } from './scenario.ts';
import { eventNamed, interimNamed, SimulatedLog } from './simulated-log.ts';
import { SimulatedRelay, turns } from './simulated-relay.ts';
import { WatchedMember } from './watched-member.ts';

/** Two of these are more than a follower holds back while it reads. */
const BIG = 'x'.repeat(600 * 1024);

/** Runs the steps of a scenario on a log and a relay, and keeps everybody who ever joined. */
export class Runner {
  readonly log: SimulatedLog;
  readonly relay: SimulatedRelay;
  readonly members: WatchedMember[] = [];
  /** Those whose join failed. */
  readonly refused = new Set<WatchedMember>();
  readonly #faults: string[] = [];
  readonly #areSlow: boolean;
  /** Places that somebody has been told. */
  readonly #cursors: Position[] = [];
  #named = 0;

  constructor(scenario: Omit<Scenario, 'steps'>) {
    this.#areSlow = scenario.areSlow;
    this.log = new SimulatedLog(scenario.historySize);
    for (let n = 0; n < scenario.before; n++) this.log.append(eventNamed(this.#name('e')));
    this.relay = new SimulatedRelay(this.log, scenario.pageSize);
  }

  get present(): WatchedMember[] {
    return this.members.filter((member) => !member.hasLeft && !this.refused.has(member));
  }

  get faults(): string[] {
    const faults = this.members.flatMap((member, index) => member.faults.map((f) => `member ${index} ${f}`));
    return [...this.#faults, ...faults];
  }

  async take(step: Step): Promise<void> {
    const { log, relay } = this;
    if (step.do === 'append') this.append(step.closes, step.isBig);
    else if (step.do === 'say') this.say(step.utterance, step);
    else if (step.do === 'join') this.join(step.from, step.leavesAfter);
    else if (step.do === 'leave') this.leave(this.members[step.who % this.members.length]);
    else if (step.do === 'wait') await this.wait(step);
    else if (step.do === 'disconnect') relay.channel.disconnect(step.kept);
    else if (step.do === 'reconnect') relay.channel.reconnect();
    else if (step.do === 'blink') this.blink(step.kept);
    else if (step.do === 'fail') relay.fail(step.choice);
    else if (step.do === 'check idle') relay.checkIdle();
    else if (step.do === 'lose') log.lose();
    else if (step.do === 'go back') log.goBack(step.steps);
    else log.expire();
    for (const member of this.members) member.look();
  }

  append(closes?: number, isBig = false): void {
    const json = isBig ? { json: BIG } : {};
    const over = closes === undefined ? {} : { closes: `u${closes}` };
    this.log.append(eventNamed(this.#name('e'), { ...json, ...over }));
  }

  blink(kept: number): void {
    this.relay.channel.disconnect(kept);
    this.append();
    this.relay.channel.reconnect();
  }

  say(utterance?: number, { isFinal = false, second = 0 } = {}): void {
    const publishTime = `2026-01-01T00:00:0${second}Z`;
    const name = utterance === undefined ? undefined : `u${utterance}`;
    this.log.append(interimNamed(this.#name('i'), name, { isFinal, publishTime }));
  }

  join(from: 'start' | 'live' | number, leavesAfter?: number): WatchedMember {
    const place = this.#placeToJoinFrom(from);
    const member = new WatchedMember(this.log, place);
    const countDown = () => {
      this.#cursors.push(member.position);
      if (member.received.length === leavesAfter) this.leave(member);
    };
    if (this.#areSlow)
      member.inTurn = async (read) => {
        await this.relay.later();
        const deliver = await read();
        await this.relay.later();
        return deliver();
      };
    member.onJoined = countDown;
    member.onDeliver = countDown;
    this.members.push(member);
    void this.relay.join(member, place).then((hasJoined) => {
      if (hasJoined) return;
      if (member.answer !== undefined) member.faults.push('is refused after it was answered');
      this.refused.add(member);
    });
    return member;
  }

  leave(member: WatchedMember | undefined): void {
    if (member === undefined) return;
    this.relay.room.leave(member);
    member.hasLeft = true;
  }

  async wait({ choice, ticks }: { choice: number; ticks: number }): Promise<void> {
    this.relay.step(choice);
    if (ticks === ALL_TICKS) await turns();
    else for (let tick = 0; tick < ticks; tick++) await undefined;
  }

  /** Lets everything come to rest and looks whether everybody has what there is, and whether it stays so. */
  async settle(): Promise<void> {
    const { relay, log } = this;
    const corrections = await relay.settle();
    this.#expect(
      corrections === 0 || log.losses > 0 || log.hasTrimmed,
      'it does not see what the channel lost',
    );
    this.#checkAtRest();

    const { reads } = relay;
    this.append();
    this.say(0);
    this.append(0);
    await relay.drain();
    this.#checkAtRest();
    // Those whose interim transcripts were taken back may find a gap in their numbers now.
    this.#expect(log.hasForgottenInterims || relay.reads === reads, 'it reads what the channel has brought');

    await relay.settle();
    const readsBefore = relay.reads;
    relay.channel.disconnect(0);
    relay.channel.reconnect();
    await relay.drain();
    const readsNow = relay.reads - readsBefore;
    this.#expect(readsNow === Math.min(this.present.length, 1), `${readsNow} reads serve everybody`);
    this.#checkAtRest();
  }

  #checkAtRest(): void {
    for (const member of this.present) member.checkAtRest();
    this.#expect(this.relay.room.isEmpty === (this.present.length === 0), 'it is wrong about being empty');
  }

  #expect(isRight: boolean, fault: string): void {
    if (!isRight) this.#faults.push(`in the room ${fault}`);
  }

  #placeToJoinFrom(from: 'start' | 'live' | number): JoinFrom {
    if (from === 'live') return 'live';
    if (from === 'start') return START;
    return this.#cursors[from % this.#cursors.length] ?? START;
  }

  #name(letter: string): string {
    return `${letter}${++this.#named}`;
  }
}
