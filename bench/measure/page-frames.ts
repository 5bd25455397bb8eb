// (i) How long the main thread of a page works for a frame, in a call of 1,000 messages and 200 suggestions.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../scripts/local/chromium.ts';
import { createCleanup } from '../../scripts/local/cleanup.ts';
import { createConversations } from '../../scripts/local/dialogflow/conversations.ts';
import { startDialogflowServer } from '../../scripts/local/dialogflow/server.ts';
import { startLoopbackServer } from '../../scripts/local/loopback-server.ts';
import { historySettings, readConfig } from '../../shared/config.ts';
import { createEventLog, type EventLog } from '../../shared/stream/event-log.ts';
import type { Benchmark, Side } from '../benchmark.ts';
import { conversationName } from '../event-source.ts';
import { frameTimes, TRACE_CATEGORIES, type TraceEvent } from '../page/frame-times.ts';
import { LongCall } from '../page/long-call.ts';
import { quantile } from '../statistics.ts';
import type { World } from '../world.ts';

const TARGET = { figureAtMost: 50 };
const SHARE = 0.95;
/** Twice what two people who talk at once bring. */
const INTERIMS_PER_SECOND = 20;
const MESSAGES_PER_SECOND = 10;
/** One suggestion follows so many messages. */
const MESSAGES_A_SUGGESTION = 5;
const HISTORY_SIZE = 5_000;
/** How long a page may take to show what was published, in milliseconds, and how often the bench looks. */
const SHOWN_LIMIT_MS = 60_000;
const LOOK_MS = 100;
/** A page that has nothing to do any more, in milliseconds. */
const SETTLE_MS = 1_000;

const VIEWPORT = { width: 1_280, height: 800 };
const FLOOR_PAGE = fileURLToPath(new URL('../floor/desktop-page.html', import.meta.url));

/** Finds messages and suggestions in the page. */
const SELECTORS: Readonly<Record<Side, { message: string; suggestion: string }>> = {
  product: { message: '.line[data-final=true]', suggestion: '.card' },
  floor: { message: '.message', suggestion: '.card' },
};

export interface PageFramesOptions {
  messages: number;
  /** How long interim words, and then messages, come. */
  liveMs: number;
}

export function pageFrames(world: World, { messages, liveMs }: PageFramesOptions): Benchmark {
  return {
    key: 'i',
    metrics: [
      { title: 'frame while a page catches up, p95, ms', digits: 1, target: TARGET },
      { title: 'frame while interim words come, p95, ms', digits: 1, target: TARGET },
      { title: 'frame while messages and suggestions come, p95, ms', digits: 1, target: TARGET },
    ],

    async measure(side) {
      await world.reset();
      const cleanup = createCleanup();
      try {
        const log = createEventLog(world.redis, {
          ...readConfig(historySettings, {}),
          historySize: HISTORY_SIZE,
        });
        const call = new LongCall(conversationName(0));
        for (let index = 0; index < messages; index++) await say(log, call);

        const url = await startRelay(world, cleanup.add);
        const browser = await launchChromium();
        cleanup.add(() => browser.close());
        const page = await browser.newPage({ viewport: VIEWPORT, locale: 'en-US' });
        const site = side === 'product' ? url : await serveFloor(cleanup.add);
        const query = new URLSearchParams({ relay: url, conversation: call.name });
        const shown = () => until(page, side, call);

        const catchingUp = await record(browser, page, async () => {
          await page.goto(`${site}/?${query}`);
          await shown();
        });
        await sleep(SETTLE_MS);
        const interims = await record(browser, page, () =>
          atRate(INTERIMS_PER_SECOND, liveMs, (index) => log.append(call.interim(index))),
        );
        const live = await record(browser, page, async () => {
          await atRate(MESSAGES_PER_SECOND, liveMs, () => say(log, call));
          await shown();
        });
        return [catchingUp, interims, live].map((times) => quantile(times, SHARE));
      } finally {
        await cleanup.run();
      }
    },
  };
}

/** Publishes a message, and a suggestion after some of them. */
async function say(log: EventLog, call: LongCall): Promise<void> {
  await log.append(call.message());
  if (call.messages % MESSAGES_A_SUGGESTION === 0) await log.append(call.suggestion());
}

/** Starts a relay with the page; resolves with its address. */
async function startRelay(world: World, onStop: (stop: () => Promise<void>) => void): Promise<string> {
  const publisher = { publish: async () => '' };
  const dialogflow = await startDialogflowServer(createConversations({ publisher }));
  onStop(dialogflow.stop);
  const relay = await world.startRelay([], {
    DESKTOP: 'on',
    AUTH_OPTION: 'Skip',
    HISTORY_SIZE: String(HISTORY_SIZE),
    DIALOGFLOW_ENDPOINT: dialogflow.url,
    DIALOGFLOW_WEBCHANNEL_ENDPOINT: dialogflow.url,
  });
  onStop(relay.stop);
  return `http://127.0.0.1:${relay.port}`;
}

/** Serves the floor's page; resolves with its address. */
async function serveFloor(onStop: (stop: () => Promise<void>) => void): Promise<string> {
  const body = await readFile(FLOOR_PAGE, 'utf8');
  const server = await startLoopbackServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(body);
  });
  onStop(server.stop);
  return server.url;
}

/**
 * Waits until the page has the newest message and suggestion. It looks seldom and outside of frames, because a look
 * costs time that is measured.
 */
async function until(page: Page, side: Side, { messages, suggestions }: LongCall): Promise<void> {
  const deadline = performance.now() + SHOWN_LIMIT_MS;
  // Older replies are folded behind the newest ones.
  const cards = side === 'floor' ? suggestions : suggestions - Math.max(0, Math.floor(suggestions / 5) - 1);
  for (;;) {
    await sleep(LOOK_MS);
    const has = await page.evaluate(
      ({ message, suggestion }) => ({
        messages: document.querySelectorAll(message).length,
        cards: document.querySelectorAll(suggestion).length,
      }),
      SELECTORS[side],
    );
    if (has.messages >= messages && has.cards >= cards) return;
    if (performance.now() > deadline)
      throw new Error(
        `the page shows ${has.messages} of ${messages} messages and ${has.cards} of ${cards} cards`,
      );
  }
}

/** Does something so often a second; one time that is late does not delay the others. */
async function atRate(
  perSecond: number,
  durationMs: number,
  act: (index: number) => Promise<unknown>,
): Promise<void> {
  const startedAt = performance.now();
  for (let index = 0; index < (durationMs / 1_000) * perSecond; index++) {
    await sleep(Math.max(0, startedAt + (index * 1_000) / perSecond - performance.now()));
    await act(index);
  }
}

/** The times of the page's frames while something goes on. */
async function record(browser: Browser, page: Page, run: () => Promise<void>): Promise<number[]> {
  await browser.startTracing(page, { categories: TRACE_CATEGORIES });
  await run();
  const trace: { traceEvents: TraceEvent[] } = JSON.parse((await browser.stopTracing()).toString());
  return frameTimes(trace.traceEvents);
}
