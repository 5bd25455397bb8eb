import {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
  untracked,
} from '@preact/signals';
import { compareUrgency, isChosen } from './arrange-calls.ts';
import { FLAGS, type Flag, isCritical } from './flags.ts';
import type { CallList } from './list-calls.ts';
import { keepThresholds, loadThresholds, type Store, type Thresholds } from './thresholds.ts';
import { Tile } from './tile.ts';

/** How long calls keep their places after somebody has pointed at them or moved among them, in milliseconds. */
const HOLD_MS = 1_500;
/** Alerts that a screen reader is given at once. */
const ALERTS_MAX = 3;

/** A flag that a call has got. */
export interface Alert {
  tile: Tile;
  flag: Flag;
}

/** How many calls there are. */
export interface Counts {
  all: number;
  /** Those that have not ended. */
  live: number;
  /** Those of them with a flag. */
  flagged: number;
  byFlag: ReadonlyMap<Flag, number>;
}

/** All that the wall shows, without a view. */
export class Wall {
  readonly thresholds: Signal<Thresholds>;
  /** Shows only calls with this flag. */
  readonly flag = signal<Flag | undefined>(undefined);
  /** Shows only calls whose id has this part. */
  readonly query = signal('');
  /** The call that had the focus last. */
  readonly current = signal<string | undefined>(undefined);
  /** The call that the Tab key reaches, and that arrow keys start from. */
  readonly tabStop: ReadonlySignal<Tile | undefined>;
  readonly counts: ReadonlySignal<Counts>;
  readonly #tiles = signal<ReadonlyMap<string, Tile>>(new Map());
  readonly #order = signal<readonly Tile[]>([]);
  readonly #isCut = signal(false);
  readonly #alerts = signal<readonly Alert[]>([]);
  readonly #now: () => number;
  #heldUntil = 0;
  #release: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param store undefined where the browser keeps nothing.
   * @param now milliseconds since 1970.
   */
  constructor(store: Store | undefined, now: () => number) {
    this.#now = now;
    this.thresholds = signal(loadThresholds(store));
    this.counts = computed(() => countOf([...this.#tiles.value.values()]));
    this.tabStop = computed(() => {
      const order = this.#order.value;
      return order.find(({ name }) => name === this.current.value) ?? order[0];
    });
    effect(() => keepThresholds(store, this.thresholds.value));
    // A person who changes what is shown sees it at once.
    effect(() => {
      void [this.flag.value, this.query.value, this.thresholds.value.lowSentiment];
      untracked(() => this.#arrange());
    });
  }

  /** The calls that are shown, the most urgent first. */
  get order(): ReadonlySignal<readonly Tile[]> {
    return this.#order;
  }

  /** Whether there are more calls than the wall takes. */
  get isCut(): ReadonlySignal<boolean> {
    return this.#isCut;
  }

  /** Grave flags that calls have got with the last list. */
  get alerts(): ReadonlySignal<readonly Alert[]> {
    return this.#alerts;
  }

  tileOf(name: string): Tile | undefined {
    return this.#tiles.value.get(name);
  }

  /** Ends the choice of calls. */
  chooseAll(): void {
    batch(() => {
      this.flag.value = undefined;
      this.query.value = '';
    });
  }

  /** Takes a list of the relay's. */
  show({ calls, isCut }: CallList): void {
    batch(() => {
      const before = this.#tiles.peek();
      const isFirst = before.size === 0;
      const alerts: Alert[] = [];
      const tiles = new Map<string, Tile>();
      for (const call of calls) {
        const known = before.get(call.name);
        const tile = known ?? new Tile(call, this.thresholds);
        const had = known?.flags.peek() ?? [];
        tile.update(call);
        tiles.set(call.name, tile);
        for (const flag of tile.flags.peek())
          if (isCritical(flag) && !had.includes(flag)) alerts.push({ tile, flag });
      }
      if (tiles.size !== before.size || [...tiles.keys()].some((name) => !before.has(name)))
        this.#tiles.value = tiles;
      this.#isCut.value = isCut;
      // Nobody wants to hear a whole list that has just been opened.
      if (alerts.length > 0 && !isFirst) this.#alerts.value = alerts.slice(0, ALERTS_MAX);
      this.#arrangeSoon();
    });
  }

  /** Forgets the calls: they may not be seen any more. */
  clear(): void {
    this.show({ calls: [], isCut: false });
    this.#arrange();
  }

  /** Lets the calls keep their places for a moment, so that none moves away from under a pointer. */
  hold(): void {
    this.#heldUntil = this.#now() + HOLD_MS;
  }

  #arrangeSoon(): void {
    clearTimeout(this.#release);
    const wait = this.#heldUntil - this.#now();
    if (wait <= 0) {
      this.#arrange();
      return;
    }
    this.#keepPlaces();
    this.#release = setTimeout(() => this.#arrangeSoon(), wait);
  }

  #arrange(): void {
    this.#setOrder(this.#chosen().sort((one, other) => compareUrgency(one.ranked, other.ranked)));
  }

  /** Calls that have gone leave, and new ones come last. */
  #keepPlaces(): void {
    const chosen = new Set(this.#chosen());
    const staying = this.#order.peek().filter((tile) => chosen.delete(tile));
    this.#setOrder([...staying, ...chosen]);
  }

  #chosen(): Tile[] {
    const choice = { flag: this.flag.peek(), query: this.query.peek() };
    return [...this.#tiles.peek().values()].filter((tile) => isChosen(tile.ranked, choice));
  }

  #setOrder(order: readonly Tile[]): void {
    const before = this.#order.peek();
    if (order.length !== before.length || order.some((tile, index) => tile !== before[index]))
      this.#order.value = order;
  }
}

function countOf(tiles: readonly Tile[]): Counts {
  const live = tiles.filter((tile) => !tile.isEnded);
  return {
    all: tiles.length,
    live: live.length,
    flagged: live.filter((tile) => tile.flags.value.length > 0).length,
    byFlag: new Map(
      FLAGS.map((flag) => [flag, tiles.filter((tile) => tile.flags.value.includes(flag)).length]),
    ),
  };
}
