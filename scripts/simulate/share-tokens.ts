import type { RelayClient } from '../local/relay-client.ts';

/** A relay lets one agent have 100 connections and register 60 times a minute. */
const DESKTOPS_PER_TOKEN = 50;
/** A token lives an hour, and a desktop stays for one call. */
const TOKEN_AGE_MS = 20 * 60_000;

/** Registers once for several desktops. */
export function shareTokens(
  register: () => Promise<RelayClient>,
  now: () => number = Date.now,
): () => Promise<RelayClient> {
  let current: Promise<RelayClient> | undefined;
  let uses = 0;
  let since = 0;
  return () => {
    if (current === undefined || uses === DESKTOPS_PER_TOKEN || now() - since > TOKEN_AGE_MS) {
      const registration = register();
      current = registration;
      // Others do not share a failed registration.
      registration.catch(() => {
        if (current === registration) current = undefined;
      });
      uses = 0;
      since = now();
    }
    uses += 1;
    return current;
  };
}
