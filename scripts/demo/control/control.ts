import type { FaultShares } from '../../calls/faults.ts';
import type { DemoState, FaultName, Settings, StateRequest } from './api.ts';
import type { Faults } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Playback } from './playback.ts';

/** What the drawer can ask of the demo. */
export interface Control {
  state(request: StateRequest): DemoState;
  set(settings: Settings): void;
  /** False where there is no such scenario. */
  play(scenario: string | null): boolean;
  /** False where it cannot be brought about now. */
  fault(name: FaultName): boolean;
}

export interface ControlDeps {
  playback: Playback;
  ledger: Ledger;
  faults: Faults;
  /** What Pub/Sub does wrong; written here. */
  shares: FaultShares;
  now: () => number;
}

/** How many events of a call Pub/Sub delivers twice, or late, while it does: enough to see it. */
const FAULTY_SHARE = 0.25;

export function createControl({ playback, ledger, faults, shares, now }: ControlDeps): Control {
  const { pace, scenarios } = playback;
  const names = scenarios.map(({ name, title }) => ({ name, title }));
  const shareOf = (isOn: boolean) => (isOn ? FAULTY_SHARE : 0);
  return {
    state: ({ conversations, after }) => ({
      now: now(),
      scenarios: names,
      scenario: playback.chosen ?? null,
      playing: playback.playing?.title ?? null,
      speed: pace.speed,
      isPaused: pace.isPaused,
      duplicates: shares.duplicates > 0,
      reorder: shares.reorder > 0,
      fault: faults.running ?? null,
      lastFault: faults.last ?? null,
      faults: faults.possible,
      sequence: ledger.sequence,
      events: ledger.since(after, conversations),
    }),
    set({ speed, isPaused, duplicates, reorder }) {
      if (speed !== undefined) pace.setSpeed(speed);
      if (isPaused !== undefined) pace.setPaused(isPaused);
      if (duplicates !== undefined) shares.duplicates = shareOf(duplicates);
      if (reorder !== undefined) shares.reorder = shareOf(reorder);
    },
    play: (scenario) => playback.play(scenario ?? undefined),
    fault: (name) => faults.begin(name),
  };
}
