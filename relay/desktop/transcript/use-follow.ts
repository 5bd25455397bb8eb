import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/** So near to its end, in pixels, a list counts as being at its end. */
const NEAR_END = 32;

interface Follow {
  /** Whether the list shows its end, and goes on to do so. */
  isFollowing: Signal<boolean>;
  /** Lines that came while it did not. */
  missed: Signal<number>;
  /** To be called when the list scrolls. */
  noteScroll(): void;
  toEnd(): void;
}

/**
 * Keeps a list at its end while it grows, unless somebody has scrolled away from it.
 *
 * @param lines how many lines count as something new.
 * @param content changes whenever the list may have grown.
 */
export function useFollow(list: RefObject<HTMLElement | null>, lines: number, content: unknown): Follow {
  const isFollowing = useSignal(true);
  const missed = useSignal(0);
  const seen = useRef(lines);
  /** Where the list was when it scrolled last. */
  const top = useRef(0);
  const frame = useRef(0);

  const toEnd = () => {
    isFollowing.value = true;
    missed.value = 0;
    const element = list.current;
    if (element) element.scrollTop = element.scrollHeight;
  };

  /** Once a frame: each look at the height lays the list out, and in a replay events come by the hundred. */
  const followSoon = (attempts = 2) => {
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      if (!isFollowing.peek() || restOf(list.current) < 1) return;
      toEnd();
      // Lines get their real height only in sight, so the end may then be somewhere else.
      if (attempts > 0) followSoon(attempts - 1);
    });
  };

  useLayoutEffect(() => {
    if (isFollowing.value) followSoon();
    else missed.value = Math.max(0, missed.value + lines - seen.current);
    seen.current = lines;
  }, [content]);

  // Also when the list appears: while it is hidden, it cannot scroll.
  useEffect(() => {
    const element = list.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      if (isFollowing.peek()) followSoon();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  return {
    isFollowing,
    missed,
    noteScroll() {
      const element = list.current;
      // A list that is not shown has no height, and its end is not known.
      if (!element || element.clientHeight === 0) return;
      const { scrollTop } = element;
      if (restOf(element) <= NEAR_END) isFollowing.value = true;
      else if (scrollTop < top.current) isFollowing.value = false;
      else if (isFollowing.value) followSoon();
      if (isFollowing.value) missed.value = 0;
      top.current = scrollTop;
    },
    toEnd,
  };
}

/** How far a list is from its end, in pixels. */
function restOf(element: HTMLElement | null): number {
  return element === null ? 0 : element.scrollHeight - element.scrollTop - element.clientHeight;
}
