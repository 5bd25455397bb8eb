// A relay in front of the Dialogflow simulator, whose messages and suggestions come back as events, and a page with the
// panels that act on a conversation.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { desktopBundle, WALL_FILES } from '../../../relay/desktop/bundle.ts';
import { desktopPlugin } from '../../../relay/http/pages/desktop-page.ts';
import { type Conversations, createConversations } from '../../../scripts/local/dialogflow/conversations.ts';
import { type DialogflowServer, startDialogflowServer } from '../../../scripts/local/dialogflow/server.ts';
import type { Publisher } from '../../../scripts/local/publisher.ts';
import { shortName } from '../../../shared/conversation-name.ts';
import { CompanionPace } from '../companion-pace.ts';
import { PagePool, type PageStart } from '../page-pool.ts';
import { PATIENT, TEST_PROJECT } from '../redis.ts';
import type { TestRelay } from '../relay.ts';
import { RelayFixture, type RelayFixtureOptions } from '../relay-fixture.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const HERE = join(ROOT, 'test/helpers/desktop-panels');
const LOCATION = `projects/${TEST_PROJECT}/locations/global`;
/** Between two parts of the companion's answer, in milliseconds. */
const PART_MS = 20;

export interface PanelsConversation {
  name: string;
  location: string;
  /** The agent's name as a participant. */
  agent: string;
}

export interface PageOptions extends PageStart {
  relay: TestRelay;
  /** Parts of the page that the test wants to differ, as its query says. */
  query?: Record<string, string>;
}

export class PanelsFixture extends RelayFixture {
  conversations!: Conversations;
  dialogflow!: DialogflowServer;
  readonly pace = new CompanionPace(PART_MS);
  #pages: PagePool | undefined;
  #directory: Promise<string> | undefined;

  protected override async options(): Promise<RelayFixtureOptions> {
    const publisher: Publisher = {
      publish: async (kind, json, attributes = {}) => {
        const data = JSON.parse(json) as { conversation: string };
        const conversation = shortName(data.conversation, { id: TEST_PROJECT });
        return (await this.publish(conversation, { kind, data: { ...data }, attributes })).messageId;
      },
    };
    this.conversations = createConversations({ publisher });
    this.dialogflow = await startDialogflowServer(this.conversations, { partMs: this.pace.partMs });
    this.defer(() => this.dialogflow.stop());
    return { settings: this.settings, redisTimeouts: PATIENT };
  }

  /** With which the relay calls the simulator. */
  get settings(): Record<string, string> {
    const { url } = this.dialogflow;
    return { DIALOGFLOW_ENDPOINT: url, DIALOGFLOW_WEBCHANNEL_ENDPOINT: url };
  }

  /** Begins a conversation with an agent and a customer. */
  async conversation(): Promise<PanelsConversation> {
    const id = `c-${crypto.randomUUID()}`;
    const { name } = await this.conversations.create(LOCATION, `${LOCATION}/conversationProfiles/demo`, id);
    const agent = this.conversations.addParticipant(name, 'HUMAN_AGENT', 'agent').name;
    this.conversations.addParticipant(name, 'END_USER', 'customer');
    return { name, location: LOCATION, agent };
  }

  /** Starts a relay that serves the page. The first one, of the file, also starts the browser. */
  async pageRelay(settings: Record<string, string> = {}): Promise<TestRelay> {
    this.#directory ??= buildPage(this.directory());
    this.#pages ??= await PagePool.start(this);
    const desktop = desktopPlugin({ directory: await this.#directory });
    return this.startRelay({ settings: { ...this.settings, ...settings }, redisTimeouts: PATIENT, desktop });
  }

  /** Opens the page on a conversation. It fails the test when the page reports an error. */
  async openPanels(conversation: string, { relay, query = {}, ...start }: PageOptions): Promise<Page> {
    const { url } = relay;
    if (this.#pages === undefined) throw new Error('the page has no browser');
    const page = await this.#pages.take(start);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      // The browser reports each answer that is no success, and some tests ask for one.
      if (message.type() === 'error' && !/status of [45]\d\d/.test(message.text()))
        errors.push(message.text());
    });
    this.defer(() => assert.equal(errors, []));
    await page.goto(`${url}/?${new URLSearchParams({ conversation, ...query })}`);
    await page.locator('[data-connection="ready"]').waitFor();
    return page;
  }
}

/** Bundles the page as the build bundles the desktop. */
async function buildPage(directory: string): Promise<string> {
  await build({
    absWorkingDir: ROOT,
    ...desktopBundle,
    entryPoints: ['panels.tsx', 'panels.css'].map((file) => ({ in: join(HERE, file), out: 'desktop' })),
    outdir: directory,
    logLevel: 'error',
  });
  await copyFile(join(HERE, 'index.html'), join(directory, 'index.html'));
  // The relay also serves a file of French texts, which this page has in its script, and the wall.
  await mkdir(join(directory, 'supervisor'));
  for (const file of ['fr.js', 'supervisor.html', ...WALL_FILES.map((name) => `supervisor/${name}`)])
    await writeFile(join(directory, file), '');
  return directory;
}
