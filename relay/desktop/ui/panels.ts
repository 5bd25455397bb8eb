// Which panels a window has room for.

export const PANELS = ['transcript', 'suggestions', 'companion', 'search', 'summary'] as const;
export type PanelName = (typeof PANELS)[number];

/** How many panels stand side by side: three, two or one. */
export type Layout = 'wide' | 'middle' | 'narrow';

/** Where the panels are. */
export interface Arranged {
  layout: Layout;
  /** Panels with a place of their own. */
  fixed: readonly PanelName[];
  /** Panels that take turns in the last place. */
  choices: readonly PanelName[];
}

const FIXED: Readonly<Record<Layout, readonly PanelName[]>> = {
  wide: ['transcript', 'suggestions'],
  middle: ['transcript'],
  narrow: [],
};
/** Panels that only read. */
const READING: readonly PanelName[] = ['transcript', 'suggestions'];

/** @param isReadOnly leaves the panels out with which an agent acts, and the place that they would have. */
export function arrangePanels(width: Layout, isReadOnly: boolean): Arranged {
  const layout = isReadOnly && width === 'wide' ? 'middle' : width;
  const panels = isReadOnly ? READING : PANELS;
  // The last place of two needs no choice, and its panel has its heading.
  const fixed = isReadOnly && layout === 'middle' ? READING : FIXED[layout];
  return { layout, fixed, choices: panels.filter((name) => !fixed.includes(name)) };
}

/** @param chosen the panels in the order they were chosen, the last one first. */
export function chosenIn({ choices }: Arranged, chosen: readonly PanelName[]): PanelName | undefined {
  return chosen.find((name) => choices.includes(name)) ?? choices[0];
}

/** Whether a panel has a place of its own. */
export function isFixed(name: PanelName, { fixed }: Arranged): boolean {
  return fixed.includes(name);
}

/** Whether a panel is shown. */
export function isShown(name: PanelName, arranged: Arranged, chosen: readonly PanelName[]): boolean {
  return isFixed(name, arranged) || chosenIn(arranged, chosen) === name;
}
