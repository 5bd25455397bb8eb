// How the demo adds the drawer to the relay's page. The page itself, and the relay, know nothing of it.

const HEAD = '<head>';
/** The directives that the drawer needs its origin in: it loads a script from there and makes requests to it. */
const DIRECTIVES = ['script-src', 'connect-src'];

/**
 * The page with the script of the drawer before its own: module scripts run in their order, so the drawer is there when the
 * page tells of its client.
 *
 * @throws {Error} where the page has no head.
 */
export function pageWithDrawer(html: string, scriptUrl: string): string {
  if (!html.includes(HEAD)) throw new Error('the page has no <head>');
  return html.replace(HEAD, `${HEAD}\n    <script type="module" src="${scriptUrl}"></script>`);
}

/**
 * The page's Content-Security-Policy with one more origin for scripts and connections.
 *
 * @throws {Error} where the policy says nothing of one of them: the origin would not be an exception.
 */
export function policyWithOrigin(policy: string, origin: string): string {
  const directives = policy.split(/;\s*/);
  const missing = DIRECTIVES.filter((name) => !directives.some((directive) => nameOf(directive) === name));
  if (missing.length > 0) throw new Error(`the page's policy has no ${missing.join(' and no ')}`);
  return directives
    .map((directive) => (DIRECTIVES.includes(nameOf(directive)) ? `${directive} ${origin}` : directive))
    .join('; ');
}

const nameOf = (directive: string) => directive.split(' ')[0] ?? '';
