// The agent desktop takes what it has missed for complete when nothing has come for a moment. On a slow machine that moment
// may pass within a replay. So a test can hold it back until the page shows what the test has published.
import type { Page } from 'playwright-core';
import { SETTLE_MS } from '../../relay/desktop/connection/catch-up.ts';

/** A page that loads while its context has this cookie begins to hold at once. */
export const HOLDS_FROM_START = 'holds-catch-up';

interface CatchUpHold {
  holdCatchUp(): void;
  endCatchUp(): void;
}

/** For each page, before its own scripts. It changes nothing until a test holds. */
export const CATCH_UP_HOLD = `
  (() => {
    const { setTimeout, clearTimeout } = globalThis;
    const held = new Map();
    globalThis.holdCatchUp = () => {
      globalThis.setTimeout = (act, ms, ...rest) => {
        if (ms !== ${SETTLE_MS}) return setTimeout(act, ms, ...rest);
        const id = setTimeout(() => {}, 0);
        held.set(id, act);
        return id;
      };
      globalThis.clearTimeout = (id) => {
        held.delete(id);
        clearTimeout(id);
      };
    };
    globalThis.endCatchUp = () => {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      for (const act of held.values()) act();
      held.clear();
    };
    if (location.protocol !== 'data:' && document.cookie.includes('${HOLDS_FROM_START}')) globalThis.holdCatchUp();
  })();
`;

/** Keeps the next catch-ups of an open page from ending. */
export const holdCatchUp = (page: Page): Promise<void> =>
  page.evaluate(() => (globalThis as unknown as CatchUpHold).holdCatchUp());

/** Ends the catch-ups that were held: the page has all that it missed. */
export const endCatchUp = (page: Page): Promise<void> =>
  page.evaluate(() => (globalThis as unknown as CatchUpHold).endCatchUp());
