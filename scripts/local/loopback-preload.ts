import { fileURLToPath } from 'node:url';

/** Arguments for Node that keep a server on loopback; see loopback-only.ts, which must not be imported here. */
export const LOOPBACK_ONLY: readonly string[] = [
  '--import',
  fileURLToPath(new URL('./loopback-only.ts', import.meta.url)),
];
