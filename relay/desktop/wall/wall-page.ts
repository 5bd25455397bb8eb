import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import { createRelayCalls } from '../api/relay-calls.ts';
import type { SignIn } from '../session/sign-in.ts';
import { Feed } from './feed.ts';
import { listCalls } from './list-calls.ts';
import type { Store } from './thresholds.ts';
import { Wall } from './wall.ts';

/** All of the page, without a view. */
export interface WallPage {
  wall: Wall;
  feed: Feed;
  signIn: SignIn;
  /** The name of the call whose transcript is shown. */
  opened: Signal<string | undefined>;
  /** The relay's time, second by second. It stands still while the calls are shown as they were. */
  clock: ReadonlySignal<number>;
  /** Tries to get the calls again, because a person wants it. */
  retry(): void;
}

/** An answer that takes longer than this is older than the next one would be. In milliseconds. */
const TIMEOUT_MS = 10_000;
const SECOND_MS = 1_000;

interface WallPageDeps {
  signIn: SignIn;
  request: typeof fetch;
  store: Store | undefined;
  isHidden: () => boolean;
  now: () => number;
}

export function createWallPage({ signIn, request, store, isHidden, now }: WallPageDeps): WallPage {
  const relay = createRelayCalls({ signIn, request, now, timeoutMs: TIMEOUT_MS });
  const wall = new Wall(store, now);
  const feed = new Feed({
    list: () => listCalls(relay, wall.thresholds.peek()),
    onList(list) {
      wall.show(list);
      tick();
    },
    now,
    isHidden,
  });
  const clock = signal(now());
  const tick = () => {
    if (feed.state.peek().is === 'live') clock.value = now() - signIn.skewMs();
  };
  setInterval(tick, SECOND_MS);

  const asked = computed(() => {
    const { longCallMinutes, silenceSeconds } = wall.thresholds.value;
    return `${longCallMinutes} ${silenceSeconds}`;
  });
  // The first list, and another one with each threshold that the relay goes by.
  effect(() => {
    void asked.value;
    untracked(() => feed.refresh());
  });
  effect(() => {
    if (feed.state.value.is === 'not-allowed') wall.clear();
  });

  return {
    wall,
    feed,
    signIn,
    opened: signal(undefined),
    clock,
    retry() {
      const isSignedOut = feed.state.peek().is === 'signed-out';
      // The token that was refused is no use. Why there is no other one, the feed finds out.
      const ready = isSignedOut ? signIn.register().catch(() => {}) : Promise.resolve();
      void ready.then(() => feed.refresh());
    },
  };
}
