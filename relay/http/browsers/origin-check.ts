/** Whether a request with this `Origin` may be served. */
export type OriginCheck = (origin: string | undefined) => boolean;

// An origin as browsers write it (lower case, no default port), or with `*.` for any depth of subdomains. What
// follows `*.` has a dot, so that nobody opens the relay to a whole top-level domain by a slip.
const HOST = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const PATTERN = new RegExp(
  `^https?://(?:\\*\\.(?:${HOST}\\.)+${HOST}|${HOST}(?:\\.${HOST})*)(?::\\d{1,5})?$`,
);
const SUBDOMAINS = new RegExp(`^(?:${HOST}\\.)*${HOST}$`);
const DEFAULT_PORT = /^(http:.*):80$|^(https:.*):443$/;

/**
 * One entry of the list of allowed origins (`https://desk.example.com`, `http://localhost:5173`,
 * `https://*.example.com`) in the form that browsers send, or `undefined` when it is none.
 */
export function originPattern(text: string): string | undefined {
  const pattern = text.trim().toLowerCase().replace(/\/$/, '').replace(DEFAULT_PORT, '$1$2');
  return PATTERN.test(pattern) ? pattern : undefined;
}

/**
 * The one origin check, for REST, for Socket.IO and for the upgrade to WebSocket.
 *
 * A request without an Origin passes: it comes from no page of another site, and its token is still asked for. The
 * opaque origin `null` (a sandboxed frame, a file) passes only where any origin does.
 *
 * @param patterns what {@link originPattern} returned, or `undefined` for any origin.
 */
export function originCheck(patterns: readonly string[] | undefined): OriginCheck {
  if (patterns === undefined) return () => true;
  const exact = new Set(patterns);
  const wildcards = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  return (origin) => {
    if (origin === undefined) return true;
    if (origin.includes('*')) return false;
    return (
      exact.has(origin) || wildcards.some(([scheme = '', domain = '']) => isBelow(origin, scheme, domain))
    );
  };
}

/** Whether `origin` is `scheme`, one or more labels, and `domain` (which starts with a dot and may end with a port). */
function isBelow(origin: string, scheme: string, domain: string): boolean {
  return (
    origin.length > scheme.length + domain.length &&
    origin.startsWith(scheme) &&
    origin.endsWith(domain) &&
    SUBDOMAINS.test(origin.slice(scheme.length, -domain.length))
  );
}
