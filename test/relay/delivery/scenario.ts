import * as fc from 'fast-check';
import type { JoinFrom } from '../../../relay/delivery/member.ts';
import { type Position, START } from '../../../shared/stream/position.ts';
import { eventNamed, interimNamed, SimulatedLog } from './simulated-log.ts';
import { SimulatedRelay, turns } from './simulated-relay.ts';
import { WatchedMember } from './watched-member.ts';

/** One thing that happens in a scenario. */
export type Step =
  | { do: 'append'; closes: number | undefined; isBig: boolean }
  | { do: 'say'; utterance: number | undefined; isFinal: boolean; second: number }
  | { do: 'join'; from: 'start' | 'live' | number; leavesAfter: number | undefined }
  | { do: 'leave'; who: number }
  | { do: 'wait'; choice: number; ticks: number }
  | { do: 'disconnect'; kept: number }
  | { do: 'reconnect' }
  /** The channel is away for just one event. */
  | { do: 'blink'; kept: number }
  | { do: 'fail'; choice: number }
  | { do: 'check idle' }
  | { do: 'lose' }
  | { do: 'go back'; steps: number }
  | { do: 'expire' };

/** What there is at the start, and what happens then. */
export interface Scenario {
  historySize: number;
  pageSize: number;
  /** Events that are in the log before anybody joins. */
  before: number;
  /** Whether the members' connections take their time. */
  areSlow: boolean;
  steps: Step[];
}

/** Two of these are more than a follower holds back while it reads. */
const BIG = 'x'.repeat(600 * 1024);
/** All the ticks there are: until nothing goes on by itself. */
const ALL = 12;

const utterance = fc.option(fc.nat(2), { nil: undefined });
const wait: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('wait'),
  choice: fc.nat(7),
  ticks: fc.nat(ALL),
});
const calm: fc.WeightedArbitrary<Step>[] = [
  { weight: 12, arbitrary: wait },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('append'),
      closes: utterance,
      isBig: fc.integer({ min: 0, max: 9 }).map((n) => n === 9),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('say'),
      utterance,
      isFinal: fc.integer({ min: 0, max: 5 }).map((n) => n === 5),
      second: fc.nat(3),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('join'),
      from: fc.oneof(fc.constant('start' as const), fc.constant('live' as const), fc.nat(9)),
      leavesAfter: fc.option(fc.nat(3), { nil: undefined, freq: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave'), who: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('disconnect'), kept: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reconnect') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('blink'), kept: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail'), choice: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('check idle') }) },
];
const losses: fc.WeightedArbitrary<Step>[] = [
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('go back'), steps: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire') }) },
];

interface ScenarioOptions {
  /** Whether the log may lose something: to accidents, or because it keeps little. */
  hasLosses: boolean;
}

export function scenarios({ hasLosses }: ScenarioOptions): fc.Arbitrary<Scenario> {
  const step = fc.oneof(...(hasLosses ? [...calm, ...losses] : calm));
  return fc.record({
    historySize: hasLosses ? fc.constantFrom(1, 2, 3, 6, 1_000) : fc.constant(1_000),
    pageSize: fc.constantFrom(1, 2, 3, 200),
    before: fc.nat(8),
    areSlow: fc.boolean(),
    // Short ones too: after a fault a long one goes on until something heals it.
    steps: fc.oneof(...[15, 80].map((maxLength) => fc.array(step, { maxLength, size: 'max' }))),
  });
}

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
    if (ticks === ALL) await turns();
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
