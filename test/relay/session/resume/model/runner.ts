import { eventNamed, interimNamed } from '../../../delivery/simulated-log.ts';
import { Page } from './page.ts';
import type { PageDeps } from './page-options.ts';
import { CONVERSATIONS, type Scenario, type Step, type Tab } from './scenario.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { SimulatedRedis } from './simulated-redis.ts';
import { conversationNamed, PRODUCTION, type RelayParts, SimulatedRelay } from './simulated-relay.ts';

const CONVERSATION_NAMES = Array.from({ length: CONVERSATIONS }, (_, n) => conversationNamed(n));

/** Longer than a half-open connection lives. */
const HALF_OPEN_MS = 60_000;

/** Plays a scenario on relays whose clock, network and Redis are simulated, and looks at what each page sees. */
export class Runner {
  readonly clock = new SimulatedClock();
  readonly redis = new SimulatedRedis(this.clock, CONVERSATION_NAMES);
  readonly relays: SimulatedRelay[];
  readonly pages: Page[] = [];
  readonly #scenario: Scenario;
  readonly #pageDeps: PageDeps;
  readonly #past: Page[] = [];
  #tokens = 0;
  #events = 0;

  constructor(scenario: Scenario, parts: RelayParts = PRODUCTION) {
    this.#scenario = scenario;
    const { relays, socketIoOffsets, notesJoins, redisLatency } = scenario;
    this.relays = Array.from(
      { length: relays },
      () => new SimulatedRelay({ redis: this.redis.connect(), socketIoOffsets, notesJoins, parts }),
    );
    for (const { redis } of this.relays) redis.latency = redisLatency;
    this.#pageDeps = {
      clock: this.clock,
      relays: this.relays,
      newTokenId: () => `fresh-${++this.#tokens}`,
    };
  }

  /** Plays it to its end; resolves with what was wrong. */
  play(): Promise<string[]> {
    return this.clock.rule(async () => {
      try {
        for (const tab of this.#scenario.tabs) this.#open(tab, { after: 0 });
        for (const step of this.#scenario.steps) {
          this.#take(step);
          if (step.do === 'wait') await this.clock.advance(step.ms);
        }
        await this.#heal();
        await this.#breakOnce();
        this.#expectAll();
        return this.faults;
      } finally {
        for (const relay of this.relays) relay.close();
      }
    });
  }

  get faults(): string[] {
    return [...this.#past, ...this.pages].flatMap(({ view, cutAlive, options }) => [
      ...view.faults.map((fault) => `${options.kind}: ${fault}`),
      ...(cutAlive > 0 ? [`${options.kind}: a connection in use was cut`] : []),
    ]);
  }

  /** Pages that were ever open. */
  get allPages(): Page[] {
    return [...this.#past, ...this.pages];
  }

  #take(step: Step): void {
    if ('tab' in step) {
      const page = this.pages[step.tab];
      if (page !== undefined) this.#takeOfPage(step, page);
    } else if (step.do === 'publish') this.#publish(step.conversation, step.count);
    else if (step.do === 'say') {
      this.redis.log(conversationNamed(step.conversation)).append(interimNamed(`i${++this.#events}`));
    } else if (step.do === 'refuse writes') this.redis.refusesWrites = step.refuses;
    else if ('relay' in step) this.#takeOfRelay(step);
  }

  #takeOfRelay(step: Extract<Step, { relay: number }>): void {
    const redis = this.relays[step.relay]?.redis;
    if (redis === undefined) return;
    if (step.do === 'redis latency') redis.latency = step.ms;
    else if (step.do === 'channel latency') redis.channelLatency = step.ms;
    else if (step.do === 'redis state') redis.state = step.state;
    else if (step.do === 'listen') redis.listen(step.isListening);
  }

  #takeOfPage(step: Extract<Step, { tab: number }>, page: Page): void {
    if ('relay' in step) page.relay = step.relay;
    if (step.do === 'cut') page.end({ ...step, code: 1006 }, step.back);
    else if (step.do === 'stall') page.stall();
    else if (step.do === 'reload') {
      page.close({ ...step, keepsSent: true });
      const tab = { ...page.options, joins: 0, token: 0, latency: page.latency };
      this.#past.push(page);
      this.#open(tab, { after: step.back, before: page, at: step.tab });
    } else if (step.do === 'reconnect') page.reconnect(step.back);
    else if (step.do === 'renew') page.tokenId = `renewed-${++this.#tokens}`;
    else if (step.do === 'throw') page.throwsNext = true;
    else if (step.do === 'login') {
      page.subject = `agent-${step.subject}`;
      page.tokenId = `login-${++this.#tokens}`;
      page.reconnect(step.back);
    } else if (step.do === 'join') page.join(conversationNamed(step.conversation));
    else if (step.do === 'leave') page.leave(conversationNamed(step.conversation));
    else if (step.do === 'rejoin') {
      page.leave(conversationNamed(step.conversation));
      page.join(conversationNamed(step.conversation));
    } else if (step.do === 'lose answers') page.lostAnswers = step.count;
    else if (step.do === 'latency') page.latency = step.ms;
  }

  #open(tab: Tab, { after, before, at }: { after: number; before?: Page; at?: number }): void {
    const { socketIoOffsets } = this.#scenario;
    const isBrowser = tab.kind === 'browser';
    const isExact =
      (isBrowser && socketIoOffsets !== 'off') || (tab.kind === 'node' && socketIoOffsets === 'all');
    // A Python handler fails at offsets, so nobody who has one asks for them.
    const kind = tab.kind === 'python' && socketIoOffsets === 'all' ? 'old node' : tab.kind;
    const subject = before?.subject ?? `agent-${tab.token}`;
    const page = new Page(
      { ...tab, kind, isExact },
      subject,
      before?.tokenId ?? `token-${tab.token}`,
      this.#pageDeps,
    );
    page.latency = tab.latency;
    page.relay = before?.relay ?? 0;
    const wanted = before === undefined ? CONVERSATION_NAMES.slice(0, tab.joins) : before.wanted;
    for (const conversation of wanted) page.want(conversation);
    if (before !== undefined && kind.startsWith('old')) page.view.mayLack = true;
    this.pages[at ?? this.pages.length] = page;
    page.connectAfter(after);
  }

  #publish(n: number, count: number): void {
    const log = this.redis.log(conversationNamed(n));
    for (let i = 0; i < count; i++) log.append(eventNamed(`e${++this.#events}`, { json: `{"c":${n}}` }));
  }

  /** Lets everything work again, for long enough that nothing is half open. */
  async #heal(): Promise<void> {
    this.redis.refusesWrites = false;
    for (const { redis } of this.relays) {
      Object.assign(redis, { state: 'well', latency: 1, channelLatency: 1 });
      redis.listen(true);
    }
    for (const page of this.pages) Object.assign(page, { latency: 1, lostAnswers: 0, throwsNext: false });
    await this.clock.advance(HALF_OPEN_MS);
    this.#expectAll();
  }

  /** What was remembered wrongly shows when pages come back. */
  async #breakOnce(): Promise<void> {
    for (const page of this.pages) {
      page.relay++;
      page.end({ code: 1006, keepsSent: false, isHeard: true }, 100);
    }
    for (let n = 0; n < CONVERSATIONS; n++) this.#publish(n, 1);
    await this.clock.advance(10_000);
  }

  #expectAll(): void {
    for (const { view, wanted, isConnected } of this.pages) {
      if (!isConnected) view.faults.push('is not connected in the end');
      for (const conversation of wanted)
        view.expectAll(conversation, this.redis.log(conversation).top.offset);
    }
  }
}
