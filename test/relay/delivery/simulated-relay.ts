import type { JoinFrom, Member } from '../../../relay/delivery/member.ts';
import { Room } from '../../../relay/delivery/room.ts';
import type { LogPage } from '../../../shared/stream/event-log.ts';
import { SimulatedChannel } from './simulated-channel.ts';
import type { SimulatedLog } from './simulated-log.ts';

/** Something that is going to happen, when the test wants it to. */
interface Pending {
  run(): void;
  /** Makes it go wrong instead, where it can. */
  fail?(error: Error): void;
}

/**
 * One relay's room on a simulated log and channel, with the part of the registry that concerns it. Whatever takes
 * time waits in `pending` until the test picks it: a read is answered with what the log held at one instant, at a
 * later one.
 */
export class SimulatedRelay {
  readonly room: Room;
  readonly channel = new SimulatedChannel();
  readonly #log: SimulatedLog;
  readonly #pageSize: number;
  readonly #pending: Pending[] = [];
  reads = 0;
  repairs = 0;
  failures = 0;
  #repair: 'none' | 'waiting' | 'running' | 'running, another waiting' = 'none';

  constructor(log: SimulatedLog, pageSize = Number.POSITIVE_INFINITY) {
    this.#log = log;
    this.#pageSize = pageSize;
    log.subscribe(this.channel);
    this.room = new Room({
      read: (after, limit) => this.#read(after, limit),
      onBehind: () => this.#repairSoon(),
      pause: () => this.later(),
    });
  }

  /** Resolves false when the member could not be let in. */
  join(member: Member, from: JoinFrom): Promise<boolean> {
    return this.room.join(member, from).then(
      () => true,
      () => false,
    );
  }

  /** Compares the room with the log's top, as the registry does with quiet rooms. */
  checkIdle(): void {
    this.#read(0, 0).then(
      ({ top }) => {
        if (!this.room.isAt(top)) this.#repairSoon();
      },
      () => {},
    );
  }

  /** Resolves when the test picks it. */
  later(): Promise<void> {
    return new Promise((resolve) => this.#pending.push({ run: resolve }));
  }

  get isQuiet(): boolean {
    return this.#pending.length === 0 && this.channel.size === 0;
  }

  /** Lets one of the things happen that are going to; the channel's next message is the last of them. */
  step(choice: number): void {
    const count = this.#pending.length + Math.min(this.channel.size, 1);
    if (count === 0) return;
    const [pending] = this.#pending.splice(choice % count, 1);
    if (pending) pending.run();
    else this.hear();
  }

  /** Lets the channel's next message arrive. */
  hear(): void {
    const message = this.channel.next();
    if (message === 'subscribed') this.#repairSoon();
    else if (message) this.room.receive(message);
  }

  /** Lets a read go wrong. */
  fail(choice: number): void {
    const readers = this.#pending.filter(({ fail }) => fail !== undefined);
    const pending = readers[choice % readers.length];
    if (pending === undefined) return;
    this.#pending.splice(this.#pending.indexOf(pending), 1);
    this.failures++;
    pending.fail?.(new Error('the connection to Redis was lost'));
  }

  /**
   * Lets everything happen that is going to, then looks at the log until the room agrees with it.
   *
   * @returns how often it had to be told that it does not
   */
  async settle(): Promise<number> {
    this.channel.reconnect();
    for (let rounds = 0; rounds < 10; rounds++) {
      await this.drain();
      if (this.room.isAt(this.#log.top)) return rounds;
      this.#repairSoon();
    }
    throw new Error('the room does not agree with the log after ten repairs');
  }

  /** Lets everything happen that is going to. */
  async drain(): Promise<void> {
    await turns();
    for (let steps = 0; !this.isQuiet; steps++) {
      if (steps > 20_000) throw new Error('the room does not come to rest');
      this.step(0);
      await turns();
    }
  }

  #read(after: number, limit: number): Promise<LogPage> {
    this.reads++;
    return new Promise((resolve, reject) => {
      this.#pending.push({
        run: () => {
          const page = this.#log.read(after, Math.min(limit, this.#pageSize));
          this.#pending.push({ run: () => resolve(page), fail: reject });
        },
        fail: reject,
      });
    });
  }

  /** One repair at a time; one that has not begun serves all who ask for it. */
  #repairSoon(): void {
    if (this.#repair === 'running') this.#repair = 'running, another waiting';
    if (this.#repair !== 'none') return;
    this.#repair = 'waiting';
    this.#pending.push({ run: () => void this.#runRepair() });
  }

  async #runRepair(): Promise<void> {
    this.#repair = 'running';
    this.repairs++;
    let hasFailed = false;
    await this.room.repair().catch(() => {
      hasFailed = true;
    });
    const isWanted = this.#repair !== 'running' || (hasFailed && !this.room.isEmpty);
    this.#repair = 'none';
    // Either way it is a while until the next.
    if (isWanted) this.#repairSoon();
  }
}

/** Lets promises go on until they wait for something that is pending. */
export function turns(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
