import type { Test } from 'uvu';
import type { ClientOptions } from 'ws';
import type { Rights } from '../../relay/identity/rights.ts';
import { TestDesktop, type TestDesktopOptions } from './desktop.ts';
import { NativeDesktop } from './native-desktop.ts';
import type { TestRedis } from './redis.ts';
import { RedisFixture, type RedisFixtureOptions } from './redis-fixture.ts';
import { type RelayOptions, startRelay, type TestRelay } from './relay.ts';
import { until } from './until.ts';

/** How the relays of a file are started; the same for all of them. */
export interface RelayFixtureOptions extends RelayOptions {
  /** How many relays start before the first test; default 1. */
  relays?: number;
}

/** Options, or a function that makes them when Redis runs: for a setting that is known only then. */
export type Given =
  | RelayFixtureOptions
  | ((fixture: RelayFixture) => RelayFixtureOptions | Promise<RelayFixtureOptions>);

/** To which relay a desktop connects, and with which token; default the first relay and a token that it accepts. */
export interface Connection {
  relay?: TestRelay | undefined;
  /** Another way to the relay, such as a proxy in front of it. */
  url?: string | undefined;
  token?: string | undefined;
}

export interface NativeConnection extends Connection, ClientOptions {
  /** Whether the test expects errors of the connection; they end the file otherwise. */
  mayFail?: boolean;
}

/** A desktop that joins whenever it is connected, and what its joins were answered. */
export type Page = TestDesktop & { answers: unknown[][] };

/**
 * Starts a Redis and relays for the tests of one file, and closes them after it. Desktops and further relays that a test
 * opens are closed after that test.
 */
export const relayFixture = (test: Test, options: Given = {}, redis?: RedisFixtureOptions): RelayFixture =>
  new RelayFixture(test, options, redis);

export class RelayFixture extends RedisFixture {
  readonly #given: Given;
  readonly relays: TestRelay[] = [];

  constructor(test: Test, given: Given = {}, redis?: RedisFixtureOptions) {
    super(test, redis);
    this.#given = given;
  }

  protected override async start(): Promise<void> {
    await super.start();
    const { relays = 1, ...options } = await this.options();
    while (this.relays.length < relays) this.relays.push(await this.startRelay(options));
  }

  /** The options of the relays; called when Redis runs. */
  protected async options(): Promise<RelayFixtureOptions> {
    return typeof this.#given === 'function' ? this.#given(this) : this.#given;
  }

  /** The first relay. */
  get relay(): TestRelay {
    return this.#relayAt(0);
  }

  /** The second relay. */
  get otherRelay(): TestRelay {
    return this.#relayAt(1);
  }

  /** Starts a further relay, on the same Redis or on another one. */
  async startRelay(
    options: RelayOptions = {},
    redis: Pick<TestRedis, 'env'> = this.server,
  ): Promise<TestRelay> {
    return this.keep(await startRelay(redis, options));
  }

  /** Issues a token that the relays accept. */
  token(subject = 'test:agent', rights: Rights = {}): string {
    return this.relay.tokens.issue(subject, '', rights).token;
  }

  /** Opens a Socket.IO desktop without waiting for its connection. */
  openDesktop({ relay, url, token, ...options }: Connection & TestDesktopOptions = {}): TestDesktop {
    const address = url ?? (relay ?? this.relay).url;
    return this.keep(new TestDesktop(address, token ?? (relay ?? this.relay).token, options));
  }

  /** Opens a page as existing desktops are: one token for good, and a join whenever it is connected. */
  openPage(conversation: unknown, options?: Connection & TestDesktopOptions): Page {
    const page = Object.assign(this.openDesktop(options), { answers: [] as unknown[][] });
    page.socket.on('connect', () => void page.join(conversation).then((answer) => page.answers.push(answer)));
    return page;
  }

  /** Opens such a page; resolves when its first join is answered. */
  async page(conversation: unknown, options?: Connection & TestDesktopOptions): Promise<Page> {
    const page = this.openPage(conversation, options);
    await until(() => page.answers.length > 0);
    return page;
  }

  /** Opens a Socket.IO desktop; resolves when it is connected. */
  desktop(options?: Connection & TestDesktopOptions): Promise<TestDesktop> {
    return this.openDesktop(options).connected();
  }

  /** Opens a connection of the native protocol without waiting for it. */
  openNativeDesktop({
    relay,
    url,
    mayFail,
    ...options
  }: Omit<NativeConnection, 'token'> = {}): NativeDesktop {
    const desktop = this.keep(new NativeDesktop(url ?? (relay ?? this.relay).url, options));
    if (mayFail) desktop.socket.on('error', () => {});
    return desktop;
  }

  /** Opens a connection of the native protocol and shows a token; resolves when the relay has accepted it. */
  async nativeDesktop({ token, ...options }: NativeConnection = {}): Promise<NativeDesktop> {
    const desktop = this.openNativeDesktop(options);
    await desktop.ready(token ?? (options.relay ?? this.relay).token);
    return desktop;
  }

  #relayAt(index: number): TestRelay {
    const relay = this.relays[index];
    if (relay === undefined) throw new Error(`the fixture has not started a relay ${index + 1}`);
    return relay;
  }
}
