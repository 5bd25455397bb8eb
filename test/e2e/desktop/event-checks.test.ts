// What becomes of a call's events in a browser: the same checks of the agent desktop, and of a page over
// socket.io-client as integrators have it.
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CallEvent, placeEvent } from '../../../scripts/calls/call-event.ts';
import { billing } from '../../../scripts/calls/scenarios/billing.ts';
import { scheduleScenario } from '../../../scripts/calls/schedule.ts';
import { EVENT_KINDS, type EventKind, INTERIM_KIND } from '../../../shared/event.ts';
import type { DeliveredEvent } from '../../../shared/wire.ts';
import { DesktopPageFixture, type TestCall } from '../../helpers/desktop-page.ts';
import { serveExamplePages } from '../../helpers/example-pages.ts';
import { until } from '../../helpers/until.ts';

const fixture = new DesktopPageFixture(test);
const LIMIT_MS = 30_000;

/** Where a page shows what the checks look at. */
interface PageUnderTest {
  name: string;
  address(conversation: string): string;
  /** Messages, in their order. */
  message: string;
  /** One element for each suggestion. */
  suggestion: string;
  /** The state of the connection, with what it says offline and when the page has joined. */
  connection: string;
  offline: RegExp;
  joined: RegExp;
  /** Says that the call is over. */
  finished: [selector: string, text: string];
}

let examples: string;
test.before(async () => {
  examples = await serveExamplePages(fixture);
});

const PAGES: readonly PageUnderTest[] = [
  {
    name: 'the agent desktop',
    address: (conversation) => `${fixture.relay.url}/?${new URLSearchParams({ conversation })}`,
    message: '.line[data-final=true] .line-text',
    suggestion: '.card',
    connection: '#connection',
    offline: /^Offline since/,
    joined: /^Live$/,
    finished: ['.lifecycle', 'Finished'],
  },
  {
    name: 'a page over socket.io-client',
    address: (conversation) =>
      `${examples}/socket-io.html?${new URLSearchParams({ relay: fixture.relay.url, conversation })}`,
    message: '#messages li',
    suggestion: '#suggestions li',
    connection: '#state',
    offline: /^connecting$/,
    joined: /^(?:joined|finished)$/,
    finished: ['#state', 'finished'],
  },
];

/** The scenario without its start, which the simulator publishes. */
const EVENTS = scheduleScenario(billing).slice(1);
/** Behind a message, where nobody is in the middle of a word. */
const HALF =
  EVENTS.findIndex(({ kind }, index) => kind === 'new-message-event' && index > EVENTS.length / 2) + 1;

const messagesOf = (events: readonly CallEvent[]) =>
  events.flatMap(({ data }) => ('newMessagePayload' in data ? [data.newMessagePayload?.content ?? ''] : []));
const suggestionsOf = (events: readonly CallEvent[]) =>
  events.flatMap(({ data }) => ('suggestionResults' in data ? (data.suggestionResults ?? []) : [])).length;

interface Sent {
  kind: EventKind;
  id: string;
}

/** Plays a part of the call; resolves with what was published. */
async function play(call: TestCall, events: readonly CallEvent[]): Promise<Sent[]> {
  const [location = '', conversationId = ''] = call.name.split('/conversations/');
  const sent: Sent[] = [];
  for (const event of events) {
    const placed = placeEvent(event, { location, conversationId, startedAt: new Date(), speed: 1 });
    const { kind, attributes } = placed;
    const data = { ...placed.data };
    sent.push({ kind, id: (await fixture.publish(call.shortName, { kind, attributes, data })).messageId });
  }
  return sent;
}

/** The event of a frame of the native protocol or of Socket.IO. */
function eventOf(frame: string): DeliveredEvent | undefined {
  const event: Partial<DeliveredEvent> | undefined = frame.startsWith('42[')
    ? JSON.parse(frame.slice(2))[1]
    : frame.startsWith('{"type":"event"')
      ? JSON.parse(frame).event
      : undefined;
  return event?.data_type === undefined ? undefined : (event as DeliveredEvent);
}

/** An open page with the events that came to it over WebSockets, in their order. */
class Visit {
  readonly #page: Page;
  readonly #where: PageUnderTest;
  #received: Sent[] = [];

  private constructor(page: Page, where: PageUnderTest) {
    this.#page = page;
    this.#where = where;
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const event = eventOf(String(payload));
        if (event) this.#received.push({ kind: event.data_type, id: event.message_id });
      }),
    );
  }

  static async open(where: PageUnderTest, call: TestCall): Promise<Visit> {
    const page = await fixture.pages.take();
    const visit = new Visit(page, where);
    await page.goto(where.address(call.name));
    await visit.#connection(where.joined);
    // The event that says that the call has begun.
    await until(() => visit.#received.length > 0, LIMIT_MS);
    return visit;
  }

  /** What came since the last look, once something of it is the last event of these. */
  async received(sent: readonly Sent[]): Promise<Sent[]> {
    const last = sent.at(-1)?.id;
    await until(() => this.#received.some(({ id }) => id === last), LIMIT_MS);
    return this.#received.splice(0);
  }

  forget(): void {
    this.#received = [];
  }

  async goOffline(): Promise<void> {
    await this.#page.context().setOffline(true);
    await this.#connection(this.#where.offline);
  }

  async goOnline(): Promise<void> {
    await this.#page.context().setOffline(false);
    await this.#connection(this.#where.joined);
  }

  async reload(): Promise<void> {
    await this.#page.reload();
    await this.#connection(this.#where.joined);
  }

  /** Waits until the page shows the messages of these events in their order, and as many suggestions. */
  async shows(events: readonly CallEvent[]): Promise<void> {
    const { message, suggestion } = this.#where;
    const look = async () => ({
      messages: (await this.#page.locator(message).allTextContents()).map((text) =>
        text.replace(/^[A-Z_]+: /, ''),
      ),
      suggestions: await this.#page.locator(suggestion).count(),
    });
    const expected = { messages: messagesOf(events), suggestions: suggestionsOf(events) };
    await until(async () => JSON.stringify(await look()) === JSON.stringify(expected), LIMIT_MS).catch(
      async () => assert.equal(await look(), expected),
    );
  }

  async showsTheEnd(): Promise<void> {
    const [selector, text] = this.#where.finished;
    await this.#page.locator(selector).getByText(text, { exact: true }).waitFor({ timeout: LIMIT_MS });
  }

  async #connection(text: RegExp): Promise<void> {
    await this.#page.locator(this.#where.connection).filter({ hasText: text }).waitFor({ timeout: LIMIT_MS });
  }
}

/** Interim transcripts may be skipped under load, and are not replayed; everything else comes once. */
const lasting = (sent: readonly Sent[]) => sent.filter(({ kind }) => kind !== INTERIM_KIND);

/** Each event came at most once and in order, and each that lasts did come. */
function assertOnceInOrder(received: readonly Sent[], sent: readonly Sent[]): void {
  const ids = new Set(received.map(({ id }) => id));
  assert.equal(
    received,
    sent.filter(({ id }) => ids.has(id)),
  );
  assert.equal(lasting(received), lasting(sent));
}

for (const where of PAGES) {
  test(`${where.name} gets each event of a call once and in order`, async () => {
    const call = await fixture.startCall();
    const visit = await Visit.open(where, call);
    visit.forget();
    const sent = await play(call, EVENTS);
    const received = await visit.received(sent);
    assertOnceInOrder(received, sent);
    assert.equal(new Set(received.map(({ kind }) => kind)), new Set(EVENT_KINDS));
    await visit.shows(EVENTS);
    await visit.showsTheEnd();
  });

  test(`${where.name} catches up after it was offline without repeats`, async () => {
    const call = await fixture.startCall();
    const visit = await Visit.open(where, call);
    visit.forget();
    const before = await play(call, EVENTS.slice(0, HALF));
    assertOnceInOrder(await visit.received(before), before);
    await visit.goOffline();
    const missed = await play(call, EVENTS.slice(HALF));
    visit.forget();
    await visit.goOnline();
    assert.equal(await visit.received(missed), lasting(missed));
    await visit.shows(EVENTS);
    await visit.showsTheEnd();
  });

  test(`${where.name} replays the call after a reload`, async () => {
    const call = await fixture.startCall();
    const visit = await Visit.open(where, call);
    const sent = await play(call, EVENTS);
    const [started] = await visit.received(sent);
    await visit.reload();
    assert.equal(await visit.received(sent), [...(started ? [started] : []), ...lasting(sent)]);
    await visit.shows(EVENTS);
    await visit.showsTheEnd();
  });
}

test.run();
