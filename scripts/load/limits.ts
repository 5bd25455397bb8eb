/** What a load run may do at most. docs/simulator.md has these figures. */
export const LOAD_LIMITS = {
  /** One process on two cores holds 500. */
  agents: 2_000,
  /** Connection attempts a second while agents are added. */
  attemptsPerSecond: 50,
  /** Ramp and hold together, in milliseconds. A token lives an hour, and agents share one for 20 minutes. */
  durationMs: 30 * 60_000,
};

export const LOAD_DEFAULTS = {
  /** How fast agents are added without `--ramp`. */
  agentsPerSecond: 10,
  holdMs: 60_000,
  /** Share of the desktops that use the native protocol. */
  native: 0.5,
};

/** How long the last events may take, in milliseconds, before they count as lost: longer than a fault lasts. */
export const ARRIVAL_LIMIT_MS = 30_000;
