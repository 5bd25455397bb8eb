// `npm run demo` with its page open in Chromium, and the drawer below the page.
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { launchChromium } from '../../scripts/local/chromium.ts';
import { type Demo, desktopAddress, startDemo } from './demo.ts';
import { Fixture } from './fixture.ts';
import { until } from './until.ts';

/** For one step on a busy machine, in milliseconds. */
export const STEP_LIMIT_MS = 60_000;
/** From a fault until all that it held up has arrived, in milliseconds: Pub/Sub pauses between two attempts. */
const SETTLE_LIMIT_MS = 90_000;

/** The figures of the drawer. */
export type Figures = Record<
  'published' | 'received' | 'superseded' | 'onTheWay' | 'lost' | 'repeated',
  number
>;

/** Starts the demo and opens one page, which all tests of a file share. */
export class DemoPageFixture extends Fixture {
  demo!: Demo;
  page!: Page;
  /** Errors of the console and exceptions of the page. */
  readonly faults: string[] = [];
  /** Origins that the page has asked. */
  readonly origins = new Set<string>();

  protected override async start(): Promise<void> {
    this.demo = startDemo('--pubsub=direct');
    this.defer(() => {
      this.demo.child.kill('SIGTERM');
      return this.demo.ended;
    });
    const browser = this.keep(await launchChromium());
    const address = await desktopAddress(this.demo);
    this.page = await (await browser.newContext(this.contextOptions())).newPage();
    this.page.setDefaultTimeout(STEP_LIMIT_MS);
    this.page.on('pageerror', (error) => this.faults.push(error.message));
    this.page.on('console', (entry) => {
      if (entry.type() === 'error' || entry.type() === 'warning') this.faults.push(entry.text());
    });
    this.page.on('request', (request) => {
      if (!request.url().startsWith('data:')) this.origins.add(new URL(request.url()).origin);
    });
    await this.page.addInitScript(TAMPER);
    await this.page.goto(address);
    await this.page.locator('.call-tab').first().waitFor();
  }

  protected contextOptions(): BrowserContextOptions {
    // Without motion: axe would measure the contrast of a colour that is still changing.
    return { locale: 'en-US', reducedMotion: 'reduce' };
  }

  get drawer(): Locator {
    return this.page.locator('.simulator');
  }

  button(name: string): Locator {
    return this.drawer.getByRole('button', { name, exact: true });
  }

  async figures(): Promise<Figures> {
    const rows = await this.drawer
      .locator('[data-row]')
      .evaluateAll((elements) =>
        elements.map((element) => [
          (element as HTMLElement).dataset.row ?? '',
          Number(element.querySelector('dd')?.textContent?.replaceAll(/\D/g, '')),
        ]),
      );
    return Object.fromEntries(rows) as Figures;
  }

  /** Switches one of the checkboxes, which changes when the demo has answered. */
  async toggle(label: string): Promise<void> {
    const box = this.drawer.getByLabel(label);
    const before = await box.isChecked();
    await box.click();
    await until(async () => (await box.isChecked()) !== before, STEP_LIMIT_MS, `${label} is switched`);
  }

  /** Begins a fault and waits until it is over. */
  async bringAbout(name: string, over: string): Promise<void> {
    await this.button(name).click();
    await this.drawer.getByText(over, { exact: true }).waitFor({ timeout: SETTLE_LIMIT_MS });
    await this.page.locator('.connection[data-state=live]').waitFor();
  }

  /** Pauses the call. Resolves with the figures when all that was published has arrived. */
  async pause(): Promise<Figures> {
    await this.button('Pause').click();
    await this.button('Resume').waitFor();
    // The demo counts an event that is on its way to a function only once it has been taken.
    for (let looks = 0; looks < 2; looks++) await this.page.waitForResponse(/\/state$/);
    let figures = await this.figures();
    const isQuiet = async () => {
      figures = await this.figures();
      return figures.onTheWay === 0;
    };
    await until(isQuiet, SETTLE_LIMIT_MS, 'nothing is on its way');
    return figures;
  }

  /** Pauses the call, and waits until all that was published has arrived, once. Then the call goes on. */
  async assertComplete(): Promise<void> {
    const before = await this.figures();
    await until(async () => (await this.figures()).published > before.published, SETTLE_LIMIT_MS);
    const { published, received, superseded, lost, repeated } = await this.pause();
    assert.equal({ lost, repeated }, { lost: 0, repeated: 0 });
    assert.is(received + superseded, published);
    await this.button('Resume').click();
  }
}

/** Lets a test drop or double what the page's WebSocket receives: `tamper` says how often a frame is handed over. */
const TAMPER = `
  const listen = WebSocket.prototype.addEventListener;
  WebSocket.prototype.addEventListener = function (type, listener, ...rest) {
    if (type !== 'message') return listen.call(this, type, listener, ...rest);
    return listen.call(this, type, (event) => {
      const times = globalThis.tamper ? globalThis.tamper(event.data) : 1;
      for (let time = 0; time < times; time++) listener.call(this, event);
    }, ...rest);
  };
`;
