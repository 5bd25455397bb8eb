import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What is needed of a request, Fastify's `request.raw` or that of an upgrade. */
export type AddressedRequest = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

/**
 * The address of the client that sent a request, IPv6 in its shortest form (RFC 5952), an IPv4 address within it as such.
 *
 * Every proxy adds the address it was called from at the right end of `X-Forwarded-For`, and what stands left of that may
 * be the client's own invention. So of `trustedProxies` proxies in front it is that many entries from the right: 0
 * for none, which is the connection's own address, and 1 for Cloud Run, whose front end adds one entry. A load balancer of
 * Google before it adds the client's and its own, which makes 2. Where the entry is missing or is no address, the
 * connection's own counts.
 *
 * Source: Cloud Load Balancing, "X-Forwarded-For header".
 */
export function clientAddress(request: AddressedRequest, trustedProxies: number): string {
  const own = request.socket.remoteAddress ?? '';
  const forwarded = trustedProxies === 0 ? undefined : entry(request, trustedProxies);
  return parse(forwarded ?? '') ?? parse(own) ?? 'unknown';
}

/**
 * What limits count an address under. Of IPv6 it is the /64 network: one subscriber has at least that many addresses.
 */
export function addressKey(address: string): string {
  if (!isIPv6(address)) return address;
  const network = ipaddr.IPv6.parse(address).parts.slice(0, 4);
  return `${network.map((group) => group.toString(16)).join(':')}::/64`;
}

function entry({ headers }: AddressedRequest, fromTheRight: number): string | undefined {
  // Node joins several headers of the name with a comma, in the order in which they came.
  return [headers['x-forwarded-for']].join(',').split(',').at(-fromTheRight);
}

/** Takes `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:443`. */
function parse(text: string): string | undefined {
  const [, bracketed, withPort] = /^(?:\[(.+)\](?::\d+)?|([^:]+):\d+)$/.exec(text.trim()) ?? [];
  // A zone names an interface of one host, so it is dropped.
  const [address = ''] = (bracketed ?? withPort ?? text.trim()).split('%');
  // The library also reads `127.1` and other old forms of IPv4, so Node decides what an address is.
  if (isIP(address) === 0) return undefined;
  // It reads `::192.0.2.1` as IPv4, which only `::ffff:192.0.2.1` is. With the first zero written out it reads IPv6.
  return ipaddr.process(address.replace(/^::(?=\d+\.)/, '0::')).toString();
}
