// What may happen to a room and its log, as steps that a property test makes up.
import * as fc from 'fast-check';

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

/** All the ticks there are: until nothing goes on by itself. */
export const ALL_TICKS = 12;

const utterance = fc.option(fc.nat(2), { nil: undefined });
const wait: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('wait'),
  choice: fc.nat(7),
  ticks: fc.nat(ALL_TICKS),
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
