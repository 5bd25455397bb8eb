import { createPace, type Pace } from '../../calls/pace.ts';
import type { Scenario } from '../../calls/scenario.ts';

/** Which calls are played, and how. */
export class Playback {
  readonly scenarios: readonly Scenario[];
  /** The clock of the call that is played. */
  readonly pace: Pace = createPace(1);
  /** The only scenario that is played; undefined for all in turn. */
  #chosen: Scenario | undefined;
  #playing: Scenario | undefined;
  /** The place in the turn of the next scenario. */
  #next = 0;
  #skip = new AbortController();

  /** @param chosen the only one that is played, of these. */
  constructor(scenarios: readonly [Scenario, ...Scenario[]], chosen?: Scenario) {
    this.scenarios = scenarios;
    this.#chosen = chosen;
  }

  /** Name of the only scenario that is played; undefined for all in turn. */
  get chosen(): string | undefined {
    return this.#chosen?.name;
  }

  /** What is played at the moment; undefined between two calls. */
  get playing(): Scenario | undefined {
    return this.#playing;
  }

  /** Ends the current call, and begins one of this scenario, or of the next one in turn. False where there is none of the name. */
  play(name: string | undefined): boolean {
    const chosen = this.scenarios.find((scenario) => scenario.name === name);
    if (name !== undefined && chosen === undefined) return false;
    this.#chosen = chosen;
    this.pace.setPaused(false);
    this.#skip.abort();
    return true;
  }

  /** The call that begins now, and a signal that ends it and the pause after it. */
  begin(): { scenario: Scenario; skipped: AbortSignal } {
    this.#skip = new AbortController();
    const scenario = this.#chosen ?? this.#inTurn();
    this.#playing = scenario;
    return { scenario, skipped: this.#skip.signal };
  }

  /** The call is over. */
  end(): void {
    this.#playing = undefined;
  }

  #inTurn(): Scenario {
    const scenario = this.scenarios[this.#next % this.scenarios.length];
    this.#next += 1;
    if (scenario === undefined) throw new Error('there is no scenario');
    return scenario;
  }
}
