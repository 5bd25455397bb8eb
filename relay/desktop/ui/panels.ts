// Which panels a window has room for.

export const PANELS = ['transcript', 'suggestions', 'companion', 'search', 'summary'] as const;
export type PanelName = (typeof PANELS)[number];

/** How many panels stand side by side: three, two or one. */
export type Layout = 'wide' | 'middle' | 'narrow';

/** Panels that have a place of their own; the others share one. */
const FIXED: Readonly<Record<Layout, readonly PanelName[]>> = {
  wide: ['transcript', 'suggestions'],
  middle: ['transcript'],
  narrow: [],
};

/** Panels that take turns in the last place. */
export function choicesIn(layout: Layout): PanelName[] {
  return PANELS.filter((name) => !FIXED[layout].includes(name));
}

/** @param chosen the panels in the order they were chosen, the last one first. */
export function chosenIn(layout: Layout, chosen: readonly PanelName[]): PanelName | undefined {
  const choices = choicesIn(layout);
  return chosen.find((name) => choices.includes(name)) ?? choices[0];
}

/** Whether a panel is shown. */
export function isShown(name: PanelName, layout: Layout, chosen: readonly PanelName[]): boolean {
  return FIXED[layout].includes(name) || chosenIn(layout, chosen) === name;
}
