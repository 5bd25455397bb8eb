import type { Locator, Page } from 'playwright-core';
import { test } from 'uvu';
import { Fixture } from '../../../helpers/fixture.ts';
import { PagePool, type PageStart } from '../../../helpers/page-pool.ts';
import { until } from '../../../helpers/until.ts';
import type { Recorder } from '../recorder.ts';
import { panelSite } from './site.ts';

/** The mask of a click. */
export const CLICKED = 'clicked,clickTime';

/** The page of the panel, as a test looks at it. */
export class PanelView extends Fixture {
  page!: Page;
  /** Errors of the console, exceptions, and requests that left the site. */
  faults: string[] = [];
  #pages!: PagePool;
  #url = '';

  protected override async start(): Promise<void> {
    this.#pages = await PagePool.start(this);
    this.#url = `http://127.0.0.1:${await this.listen(await panelSite())}/`;
  }

  async open(query = '', options: PageStart = {}): Promise<void> {
    this.page = await this.#pages.take(options);
    this.faults = [];
    const { faults } = this;
    this.page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    this.page.on('pageerror', (error) => faults.push(error.message));
    this.page.on('request', (request) => {
      if (!request.url().startsWith(this.#url)) faults.push(request.url());
    });
    await this.page.goto(`${this.#url}${query}`);
  }

  /** Shows an event with these results; resolves with how many cards there are. */
  show(...results: unknown[]): Promise<number> {
    return this.page.evaluate((shown) => window.harness.show(shown), results);
  }

  calls(): Promise<Recorder['calls']> {
    return this.page.evaluate(() => window.harness.calls());
  }

  /** Without those of cards that came into view: when that happens is not a test's to say. */
  async patches(): Promise<Recorder['patches']> {
    return (await this.#patches()).filter(([, mask]) => !mask.startsWith('displayed'));
  }

  /** The answer records of what came into view. */
  async displayed(): Promise<string[]> {
    return (await this.#patches()).filter(([, mask]) => mask.startsWith('displayed')).map(([name]) => name);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  card(kind: string): Locator {
    return this.page.locator(`.card[data-kind=${kind}]`);
  }

  /**
   * Waits until the text of a card matches. It is the text of the document and not `innerText`: the browser renders no
   * card that is out of sight (`content-visibility`), and its `innerText` is then empty.
   */
  async says(kind: string, pattern: RegExp): Promise<void> {
    const text = async () => (await this.card(kind).textContent()) ?? '';
    await until(async () => pattern.test(await text()), 30_000, `the card ${kind} says ${pattern}`);
  }

  #patches(): Promise<Recorder['patches']> {
    return this.page.evaluate(() => window.harness.patches());
  }
}

/** The one of `panel.test.ts`. */
export const view = new PanelView(test);
