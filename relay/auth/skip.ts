import type { AuthProvider } from './provider.ts';

/** Lets everybody in, with any credential or none. For demonstrations: nothing is verified. */
export function skip(): AuthProvider {
  return { verify: async () => ({ subject: 'skip:anonymous' }) };
}
