/**
 * The address of the relay's WebSocket: `https://relay.example.com` gives `wss://relay.example.com/ws`.
 *
 * @throws {TypeError} when it is not an http(s) or ws(s) URL, or a path and there is no page that it belongs to.
 */
export function socketUrl(url: string): string {
  const parsed = new URL(url, globalThis.location?.href);
  // The parser writes the scheme in lower case: http, https, ws or wss.
  parsed.protocol = parsed.protocol.replace('http', 'ws');
  if (!/^wss?:$/.test(parsed.protocol)) throw new TypeError(`not the URL of a relay: ${url}`);
  parsed.pathname = `${parsed.pathname.replace(/\/+$/, '')}/ws`;
  parsed.search = '';
  parsed.hash = '';
  return parsed.href;
}
