import type { Browser, BrowserContext } from 'playwright-core';
import type { Test } from 'uvu';
import { launchChromium } from '../../../scripts/local/chromium.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { PATIENT, uniqueConversation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { type Given, RelayFixture, type RelayFixtureOptions } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { driveInChromium, driveInNode, driveInPython } from './drivers.ts';
import type { Kind } from './kinds.ts';
import { openLine } from './line.ts';
import type { PageConfig } from './page-script.ts';
import { findPython } from './python.ts';
import { RealDesktop } from './real-desktop.ts';
import { type Site, startSite } from './site.ts';

export interface DesktopOptions extends Partial<Pick<PageConfig, 'token' | 'transports' | 'opensAnew'>> {
  /** Which relays it reaches in turn; default all of the file. */
  relays?: readonly TestRelay[];
  /** How long each direction of its line takes, in milliseconds. */
  delayMs?: number;
  /** What it joins; default one conversation of its own. */
  conversations?: readonly ShortName[];
  /** Whether it fetches a token for each connection. */
  hasFreshTokens?: boolean;
  /** Whether its first connection gets no pid. */
  startsWithoutPid?: boolean;
  /** Where its tab is opened; default a browser context of its own. */
  context?: BrowserContext;
}

/** How long a place takes to get to Redis at most, in milliseconds. */
const KEEPING_MS = 30_000;

/** Relays, and real clients of every kind in front of them. */
export class ResumeFixture extends RelayFixture {
  readonly #published = new Map<ShortName, string[]>();
  #parts: { browser: Browser; site: Site } | undefined;

  protected override async start(): Promise<void> {
    await super.start();
    // Playwright turns the back/forward cache off.
    const browser = await launchChromium(process.env, {
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
    this.keep(browser);
    this.#parts = { browser, site: await startSite(this, () => this.token()) };
  }

  /** A relay that cannot read where a page is sends it everything again. */
  protected override async options(): Promise<RelayFixtureOptions> {
    return { redisTimeouts: PATIENT, ...(await super.options()) };
  }

  get site(): Site {
    return this.#started.site;
  }

  /** A browser of somebody else's: no cookies, no cache and no tabs of the others. */
  async context(): Promise<BrowserContext> {
    return this.keep(await this.#started.browser.newContext());
  }

  /** Opens a desktop; resolves when it has joined. */
  async open(kind: Kind, options: DesktopOptions = {}): Promise<RealDesktop> {
    const desktop = await this.openUnsettled(kind, options);
    await desktop.settled();
    desktop.line.hidePid(false);
    return desktop;
  }

  /** Opens a desktop without waiting for it. */
  async openUnsettled(kind: Kind, options: DesktopOptions = {}): Promise<RealDesktop> {
    const { conversations = [uniqueConversation()], relays = this.relays, delayMs = 0 } = options;
    const ports = relays.map(({ port }) => port);
    const line = this.keep(await openLine(ports, { delayMs }));
    line.hidePid(options.startsWithoutPid ?? false);
    const config: PageConfig = {
      url: line.url,
      conversations,
      transports: options.transports ?? ['websocket'],
      token: options.token ?? this.token(),
      ...(options.hasFreshTokens ? { tokenUrl: this.site.tokenUrl } : {}),
      ...(options.opensAnew ? { opensAnew: true } : {}),
    };
    const driver = await this.#drive(kind, config, options.context);
    return new RealDesktop(kind, conversations, line, driver, this.#published);
  }

  /** Opens a desktop; resolves when it has two events of each conversation, and Redis has that where it can. */
  async openKept(kind: Kind, options?: DesktopOptions): Promise<RealDesktop> {
    const desktop = await this.open(kind, options);
    await this.say(desktop.conversations);
    await desktop.caughtUp();
    await this.kept(desktop);
    return desktop;
  }

  /** Publishes so many events to each of the conversations. */
  async say(conversations: readonly ShortName[], count = 2): Promise<void> {
    for (let round = 0; round < count; round++) {
      for (const conversation of conversations) {
        const { messageId } = await this.publish(conversation);
        this.#published.set(conversation, [...(this.#published.get(conversation) ?? []), messageId]);
      }
    }
  }

  /** From now on Redis takes no writes, and goes on answering reads; or takes them again. */
  async refuseWrites(isRefusing: boolean): Promise<void> {
    await this.redis.config('SET', 'min-replicas-to-write', isRefusing ? '1' : '0');
  }

  /** Until Redis has that so many pages of this kind have everything, where the relay learns it by pings. */
  async kept(desktop: RealDesktop, { pages = 1 } = {}): Promise<void> {
    const { kind, conversations } = desktop;
    // No ping has been asked of an old client in Chromium before it comes back once.
    const isOld = kind.receipts === 'pings once old' && (await desktop.look()).sockets.length > 1;
    if (kind.receipts !== 'pings' && !isOld) return;
    for (const conversation of conversations) {
      const { top } = await this.log.read(conversation, 0, 0);
      await until(
        async () => {
          const keys = await this.redis.keys(`*${conversation}*:place:*`);
          const places = await Promise.all(keys.map((key) => this.redis.hgetall(key)));
          const kept = places.filter(({ at }) => at?.endsWith(`.${top.tag}`));
          return new Set(kept.map(({ by }) => by)).size >= pages;
        },
        KEEPING_MS,
        `${kind.name} is kept`,
      );
    }
  }

  get #started() {
    if (this.#parts === undefined) throw new Error('the fixture starts before the first test');
    return this.#parts;
  }

  async #drive(kind: Kind, config: PageConfig, context?: BrowserContext) {
    if (kind.runsIn === 'node') return driveInNode(this, kind, config);
    if (kind.runsIn === 'python') return driveInPython(this, (await findPython()) ?? 'python3', config);
    return driveInChromium(this, context ?? (await this.context()), this.site, kind, config);
  }
}

export const resumeFixture = (test: Test, options: Given = {}): ResumeFixture =>
  new ResumeFixture(test, options);

/** Runs a case with all kinds at the same time, and fails with the names of those that fail. */
export async function withEach(kinds: readonly Kind[], run: (kind: Kind) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(kinds.map(run));
  const failures = results.flatMap((result, index) =>
    result.status === 'rejected' ? `${kinds[index]?.name}: ${result.reason?.message ?? result.reason}` : [],
  );
  if (failures.length > 0) throw new Error(failures.join('\n'));
}
