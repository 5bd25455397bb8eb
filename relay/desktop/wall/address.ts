import { effect, type Signal } from '@preact/signals';
import { destinationsIn, searchFor } from '../calls/destination.ts';

/** The state of an entry in the history that the page itself has made. */
const FROM_WALL = 'from the wall';

/**
 * Keeps the opened call in the page's address, so that a page that is loaded again opens it again, and makes an entry of
 * it in the history, so that the browser's own button leads back to the wall.
 */
export function keepInHistory(opened: Signal<string | undefined>): void {
  const follow = () => {
    opened.value = nameInAddress();
  };
  follow();
  addEventListener('popstate', follow);
  effect(() => {
    const name = opened.value;
    if (name === nameInAddress()) return;
    if (name !== undefined)
      history.pushState(FROM_WALL, '', `${location.pathname}${searchFor([{ is: 'conversation', name }])}`);
    // The history must not grow with each call that is opened and closed.
    else if (history.state === FROM_WALL) history.back();
    else history.replaceState(null, '', location.pathname);
  });
}

function nameInAddress(): string | undefined {
  for (const destination of destinationsIn(location.search).destinations)
    if (destination.is === 'conversation') return destination.name;
  return undefined;
}
