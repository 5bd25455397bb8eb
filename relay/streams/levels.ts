/** Levels of a message at most: as many as protobuf's own parsers read. */
export const LEVELS_MAX = 100;

/** Whether a message has more levels. JSON.stringify of a far deeper one would overflow the stack. */
export function isTooDeep(value: unknown, levelsMax = LEVELS_MAX): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levelsMax === 0 || Object.values(value).some((member) => isTooDeep(member, levelsMax - 1));
}
