// Which Node runs the project's TypeScript files as they are. Read by any Node, so it uses no new syntax.

const OLDEST = [22, 18];

/** As a sentence names it. */
export const OLDEST_NODE = OLDEST.join('.');

/** @param {string} version such as `22.18.0` */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
