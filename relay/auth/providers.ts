import type { AuthProvider } from './provider.ts';
import { skip } from './skip.ts';

/** The values of AUTH_OPTION, and the provider that each one chooses. */
const PROVIDERS = { Skip: skip } satisfies Record<string, () => AuthProvider>;

export type AuthOption = keyof typeof PROVIDERS;

export const AUTH_OPTIONS = Object.keys(PROVIDERS) as AuthOption[];

/** The provider that AUTH_OPTION names; without one nobody may register. */
export function createProvider(option: AuthOption | undefined): AuthProvider {
  return option === undefined ? { verify: async () => undefined } : PROVIDERS[option]();
}
