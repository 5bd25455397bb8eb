import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Layout } from './panels.ts';

/** Widths, in pixels, from which there is room for two and for three panels; layout.css has no other. */
const MIDDLE = 700;
const WIDE = 1_100;

/** How many panels the window has room for. */
export const layout: ReadonlySignal<Layout> = (() => {
  const isMiddle = widthSignal(MIDDLE);
  const isWide = widthSignal(WIDE);
  return computed(() => (isWide.value ? 'wide' : isMiddle.value ? 'middle' : 'narrow'));
})();

function widthSignal(minWidth: number): ReadonlySignal<boolean> {
  const query = matchMedia(`(min-width: ${minWidth}px)`);
  const isMet = signal(query.matches);
  query.addEventListener('change', ({ matches }) => {
    isMet.value = matches;
  });
  return isMet;
}
