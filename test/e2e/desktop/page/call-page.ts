// A call and the page that shows it, as the tests of the page look at it.
import type { Page } from 'playwright-core';
import { type Test, test } from 'uvu';
import * as assert from 'uvu/assert';
import { DesktopPageFixture, queryOf, type TestCall } from '../../../helpers/desktop-page.ts';
import type { EventOptions } from '../../../helpers/events.ts';

/** For what a page has to show, in milliseconds. */
const SHOW_LIMIT_MS = 30_000;
export const PHONE = '+15550100';

const SHOWN = '.call:not([hidden])';
export const LIFECYCLE = `${SHOWN} .lifecycle`;
export const CONVERSATION = `${SHOWN} .conversation`;
export const FINAL = `${SHOWN} .line[data-final=true] .line-text`;
export const INTERIM = `${SHOWN} .line[data-final=false] .line-text`;

/** A new call for each test, and the page when the test opens it. */
export class CallPage extends DesktopPageFixture {
  call!: TestCall;
  /** The browser's tab with the page. */
  tab!: Page;
  faults: string[] = [];

  constructor(test: Test) {
    super(test);
    test.before.each(async () => {
      this.call = await this.startCall();
    });
  }

  async open(query = queryOf(this.call), prepare?: (page: Page) => Promise<unknown>): Promise<void> {
    ({ page: this.tab, faults: this.faults } = await this.openDesktopPage(query, {}, prepare));
  }

  async openJoined(): Promise<void> {
    await this.open();
    await this.shows('#connection', ['Live']);
    await this.shows(LIFECYCLE, ['In progress']);
  }

  /** Publishes what the customer says. */
  say(content: string, id = 'm1', options: EventOptions = {}, call = this.call) {
    const newMessagePayload = { name: `${call.name}/messages/${id}`, content, participantRole: 'END_USER' };
    return this.publish(call.shortName, { data: { type: 'NEW_MESSAGE', newMessagePayload }, ...options });
  }

  /** Publishes the customer's words so far. */
  hear(transcript: string, message = 'm1', publishTime?: string) {
    return this.publishInterim(
      this.call.shortName,
      { message },
      { transcript, ...(publishTime === undefined ? {} : { publishTime }) },
    );
  }

  /** Publishes an event of the call's life. */
  happen(type: string) {
    return this.publish(this.call.shortName, { kind: 'conversation-lifecycle-event', data: { type } });
  }

  /** What the elements say, without what only a screen reader gets. */
  textsOf(selector: string): Promise<string[]> {
    return this.#read(selector, []);
  }

  /** Resolves when the elements say this; fails with what they say otherwise. */
  async shows(selector: string, expected: readonly string[]): Promise<void> {
    assert.equal(await this.#read(selector, [expected.join('\n')], SHOW_LIMIT_MS), expected);
  }

  /** Resolves with what the one element says, when that is in the pattern. */
  async says(selector: string, pattern: RegExp): Promise<string> {
    const [text = ''] = await this.#read(selector, [pattern.source, pattern.flags], SHOW_LIMIT_MS);
    assert.match(text, pattern);
    return text;
  }

  /** Reads the texts until they are as wanted: within the page, since each look from outside takes both processes. */
  #read(selector: string, wanted: readonly string[], limitMs = 0): Promise<string[]> {
    return this.tab.evaluate(
      async ({ selector, wanted: [text, flags], limitMs }) => {
        const isWanted = (shown: string) =>
          flags === undefined ? shown === text : new RegExp(text ?? '', flags).test(shown);
        const spoken = (node: Node) => !(node as Element).classList?.contains('visually-hidden');
        const deadline = performance.now() + limitMs;
        for (;;) {
          const texts = [...document.querySelectorAll(selector)].map((element) =>
            [...element.childNodes]
              .filter(spoken)
              .map((node) => node.textContent)
              .join(''),
          );
          if (isWanted(texts.join('\n')) || performance.now() >= deadline) return texts;
          await new Promise(requestAnimationFrame);
        }
      },
      { selector, wanted: [...wanted], limitMs },
    );
  }
}

/** The one of `page.test.ts`. */
export const desk = new CallPage(test);
