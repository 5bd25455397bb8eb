import type { Page } from 'playwright-core';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { until } from '../../helpers/until.ts';
import type { Kind } from './kinds.ts';
import type { Line } from './line.ts';
import { nothingSeen, type PageHandle, type Seen } from './page-script.ts';
import { countSightings, type Sightings } from './sightings.ts';

/** The steps that a test can ask of a page. */
export type Step = Exclude<keyof PageHandle, 'seen' | 'close'>;

/** How a test reaches a page, wherever it runs. */
export interface Driver {
  look(): Promise<Seen>;
  run(step: Step, ...values: (string | boolean)[]): Promise<void>;
  end(): Promise<void>;
  /** The page in Chromium; none elsewhere. */
  page?: Page;
}

/** How long a desktop has for what it should be sent, in milliseconds. */
const PATIENCE_MS = 60_000;

/** One desktop of a test, with the way to the relays that it alone uses. */
export class RealDesktop {
  readonly kind: Kind;
  readonly conversations: readonly ShortName[];
  readonly line: Line;
  readonly #driver: Driver;
  readonly #published: ReadonlyMap<ShortName, readonly string[]>;

  constructor(
    kind: Kind,
    conversations: readonly ShortName[],
    line: Line,
    driver: Driver,
    published: ReadonlyMap<ShortName, readonly string[]>,
  ) {
    this.kind = kind;
    this.conversations = conversations;
    this.line = line;
    this.#driver = driver;
    this.#published = published;
  }

  /** The page in Chromium. */
  get page(): Page {
    if (this.#driver.page === undefined) throw new Error(`${this.kind.name} has no page in Chromium`);
    return this.#driver.page;
  }

  look(): Promise<Seen> {
    return this.#driver.look();
  }

  run(step: Step, ...values: (string | boolean)[]): Promise<void> {
    return this.#driver.run(step, ...values);
  }

  /** Until it is connected and every join is answered. */
  async settled(): Promise<void> {
    await this.until(
      ({ isConnected, joined }) => isConnected && joined >= this.conversations.length,
      'it has joined',
    );
  }

  /** Until it has connected so often. */
  async connected(times: number): Promise<void> {
    await this.until(({ sockets }) => sockets.length >= times, `it has connected ${times} times`);
  }

  /** Closes its page for good. */
  end(): Promise<void> {
    return this.#driver.end();
  }

  /** Until it is offline. */
  async gone(): Promise<void> {
    await this.until(({ isConnected }) => !isConnected, 'it is offline');
  }

  /**
   * Cuts it; resolves when it has noticed that.
   *
   * @param again cuts until it has noticed: browsers send a poll again whose connection is broken.
   */
  async cut({ again = false } = {}): Promise<void> {
    const before = (await this.look()).sockets.length;
    this.line.cut();
    await this.until(({ isConnected, sockets }) => {
      const hasNoticed = !isConnected || sockets.length > before;
      if (again && !hasNoticed) this.line.cut();
      return hasNoticed;
    }, 'it has noticed a cut');
  }

  /** Until it has all that was published, some perhaps more than once. */
  async caughtUp(): Promise<void> {
    await this.until(
      ({ ids }) => this.conversations.every((name) => new Set(ids[name]).size >= this.#due(name).length),
      'it has everything',
    );
  }

  /** What became of the events of all its conversations. */
  async sightings(): Promise<Sightings> {
    const { ids } = await this.look();
    const total = { lost: 0, skipped: 0, repeated: 0 };
    for (const conversation of this.conversations) {
      const each = countSightings(ids[conversation] ?? [], this.#due(conversation));
      for (const key of ['lost', 'skipped', 'repeated'] as const) total[key] += each[key];
    }
    return total;
  }

  #due(conversation: ShortName): readonly string[] {
    return this.#published.get(conversation) ?? [];
  }

  /** Until this holds of what it has seen. */
  async until(condition: (seen: Seen) => boolean, what: string): Promise<void> {
    const holds = async () => condition(await this.look().catch(() => nothingSeen([])));
    await until(holds, PATIENCE_MS, `${this.kind.name}: ${what}`).catch(async (error: Error) => {
      const seen = await this.look().catch(() => undefined);
      throw new Error(`${error.message}: ${JSON.stringify(await this.sightings())} ${JSON.stringify(seen)}`);
    });
  }
}
