/**
 * The address, where a browser may open it: http and https only. A `javascript:` address would run in the agent's
 * page; `gs://`, which data stores name their documents with, opens nothing.
 */
export function webAddress(address: unknown): string | undefined {
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  const { protocol, href } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** The host of a web address without `www.`, by which an agent tells sources apart. */
export function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname.replace(/^www\./, '') : '';
}
