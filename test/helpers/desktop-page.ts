// The agent desktop page in Chromium, in front of a real relay whose calls to Dialogflow end at the simulator.
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { buildPages } from '../../relay/desktop/bundle.ts';
import { desktopPlugin } from '../../relay/http/pages/desktop-page.ts';
import { type Conversations, createConversations } from '../../scripts/local/dialogflow/conversations.ts';
import { startDialogflowServer } from '../../scripts/local/dialogflow/server.ts';
import type { SuggestionResult } from '../../scripts/local/dialogflow/types.ts';
import { type ShortName, shortName } from '../../shared/conversation-name.ts';
import { CATCH_UP_HOLD, HOLDS_FROM_START } from './catch-up-hold.ts';
import { makeEvent } from './events.ts';
import { PagePool, type PageStart } from './page-pool.ts';
import { PATIENT, TEST_PROJECT } from './redis.ts';
import { RelayFixture, type RelayFixtureOptions } from './relay-fixture.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LOCATION = `projects/${TEST_PROJECT}/locations/global`;

/** Bundles the desktop page and the wall into a folder, as the build does. */
export async function buildDesktopPage(folder: string): Promise<void> {
  await buildPages(folder, { absWorkingDir: ROOT, logLevel: 'error' });
}

/** A page that is open, and what went wrong in it. */
export interface OpenPage {
  page: Page;
  /** Errors of the console, exceptions, and requests that left the relay's origin. */
  faults: string[];
}

/** A conversation of the simulator with an agent and a customer. */
export interface TestCall {
  /** With its location. */
  name: string;
  shortName: ShortName;
  agent: string;
  customer: string;
}

/** Starts a Redis, a relay that serves the page, the Dialogflow simulator, and Chromium for the tests of one file. */
export class DesktopPageFixture extends RelayFixture {
  conversations!: Conversations;
  pages!: PagePool;
  #lastCall = 0;

  protected override async start(): Promise<void> {
    const [pages] = await Promise.all([PagePool.start(this, CATCH_UP_HOLD), super.start()]);
    this.pages = pages;
  }

  protected override async options(): Promise<RelayFixtureOptions> {
    const directory = this.directory();
    await buildDesktopPage(directory);
    this.conversations = createConversations({
      publisher: {
        publish: async (kind, json, attributes = {}) => {
          const data: { conversation: string } = JSON.parse(json);
          const conversation = shortName(data.conversation, { id: TEST_PROJECT });
          return (await this.append(makeEvent(conversation, { kind, data, attributes }))).messageId;
        },
      },
    });
    const dialogflow = await startDialogflowServer(this.conversations, { partMs: 30 });
    this.defer(() => dialogflow.stop());
    return {
      desktop: desktopPlugin({ directory }),
      redisTimeouts: PATIENT,
      settings: {
        DIALOGFLOW_ENDPOINT: dialogflow.url,
        DIALOGFLOW_WEBCHANNEL_ENDPOINT: dialogflow.url,
      },
    };
  }

  /** Prepares a page to hold its first catch-up, until `endCatchUp`. It does not say `Live` before. */
  readonly holdFirstCatchUp = (page: Page): Promise<void> =>
    page.context().addCookies([{ name: HOLDS_FROM_START, value: 'yes', url: this.relay.url }]);

  /** Starts a conversation in the simulator, which publishes that it has started. */
  async startCall(): Promise<TestCall> {
    const id = `call-${++this.#lastCall}`;
    const { name } = await this.conversations.create(LOCATION, `${LOCATION}/conversationProfiles/demo`, id);
    return {
      name,
      shortName: shortName(name, { id: TEST_PROJECT }),
      agent: this.conversations.addParticipant(name, 'HUMAN_AGENT', 'agent').name,
      customer: this.conversations.addParticipant(name, 'END_USER', 'customer').name,
    };
  }

  /** Publishes suggestions of a call. */
  suggest(call: TestCall, ...results: SuggestionResult[]): Promise<void> {
    return this.conversations.suggest(call.agent, results);
  }

  /** Stores the conversation of a phone number, as telephony does. */
  async announce(phone: string, { name }: TestCall): Promise<void> {
    const response = await fetch(`${this.relay.url}/conversation-name`, {
      method: 'POST',
      headers: { authorization: this.relay.token, 'content-type': 'application/json' },
      body: JSON.stringify({ conversationIntegrationKey: phone, conversationName: name }),
    });
    if (!response.ok) throw new Error(`POST /conversation-name answered ${response.status}`);
  }

  /**
   * Opens the page with a query, such as `?conversation=NAME`, or another page by its path. It is closed after the test.
   *
   * @param prepare Sets the page up before it loads.
   */
  async openDesktopPage(
    query = '',
    options: PageStart = {},
    prepare: (page: Page) => Promise<unknown> = async () => {},
  ): Promise<OpenPage> {
    const page = await this.pages.take(options);
    await prepare(page);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (entry) => {
      if (entry.type() === 'error' || entry.type() === 'warning') faults.push(entry.text());
    });
    page.on('request', (request) => {
      const { origin } = new URL(request.url());
      if (!request.url().startsWith('data:') && origin !== this.relay.url)
        faults.push(`request to ${origin}`);
    });
    await page.goto(`${this.relay.url}/${query}`);
    return { page, faults };
  }

  /**
   * Opens the page with a call, and waits until it has joined. The connection is live before that, and an event that is
   * published in between counts as history.
   */
  async openCallPage(call: TestCall, options?: PageStart): Promise<OpenPage> {
    const opened = await this.openDesktopPage(queryOf(call), options);
    await opened.page
      .locator('.call .lifecycle:not([data-lifecycle=waiting])')
      .waitFor({ state: 'attached' });
    await opened.page.locator('.connection[data-state=live]').waitFor({ state: 'attached' });
    return opened;
  }
}

/**
 * From now on a line of the transcript keeps a trace of its mark, `data-was-marked`: the mark itself is gone after a moment,
 * in which a slow machine may not look.
 */
export async function keepMarks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const observer = new MutationObserver((changes) => {
      for (const { target } of changes)
        if ((target as HTMLElement).matches('.line.marked'))
          (target as HTMLElement).dataset.wasMarked = 'yes';
    });
    observer.observe(document.body, { attributeFilter: ['class'], subtree: true });
  });
}

/** The query that opens a call. */
export const queryOf = ({ name }: TestCall): string => `?${new URLSearchParams({ conversation: name })}`;
