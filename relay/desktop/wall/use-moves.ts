import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const MOVE_MS = 260;
const EASING = 'cubic-bezier(0.2, 0, 0, 1)';

/**
 * Lets the children of a list glide to their new places when their order changes, and keeps the focus on the one that has
 * it: a browser takes the focus from an element that is moved in the document.
 *
 * @param order What the children stand for, in their order; another array when it changes.
 */
export function useMoves(list: RefObject<HTMLElement | null>, order: readonly unknown[]): void {
  const shown = useRef(order);
  const running = useRef<Animation[]>([]);
  // While it renders, the document still has the old order.
  const before = shown.current === order ? undefined : placesOf(list.current);
  const focused = before && focusedIn(list.current);
  useLayoutEffect(() => {
    shown.current = order;
    if (before === undefined || list.current === null) return;
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (const animation of running.current) animation.cancel();
    running.current = animate(before, placesOf(list.current));
  }, [order]);
}

type Places = ReadonlyMap<Element, DOMRect>;

function placesOf(list: HTMLElement | null): Places {
  return new Map([...(list?.children ?? [])].map((child) => [child, child.getBoundingClientRect()]));
}

function focusedIn(list: HTMLElement | null): HTMLElement | undefined {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement && list?.contains(activeElement) ? activeElement : undefined;
}

/** Moves what is seen before or after. What is new appears in its place. */
function animate(before: Places, after: Places): Animation[] {
  const animations: Animation[] = [];
  for (const [child, to] of after) {
    const from = before.get(child);
    if (!isSeen(to) && !(from && isSeen(from))) continue;
    const frames = from === undefined ? [{ opacity: 0 }, { opacity: 1 }] : framesOf(from, to);
    if (frames !== undefined) animations.push(child.animate(frames, { duration: MOVE_MS, easing: EASING }));
  }
  return animations;
}

function framesOf(from: DOMRect, to: DOMRect): Keyframe[] | undefined {
  const [x, y] = [from.left - to.left, from.top - to.top];
  if (x === 0 && y === 0) return undefined;
  return [{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }];
}

function isSeen({ top, bottom, width }: DOMRect): boolean {
  return width > 0 && bottom > 0 && top < innerHeight;
}
