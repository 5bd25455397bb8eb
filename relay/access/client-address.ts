import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A request of HTTP, or of an upgrade. */
export type AddressedRequest = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

/**
 * The address of the client that sent a request. IPv6 has its shortest form (RFC 5952), and an IPv4 address that is
 * mapped to IPv6 is an IPv4 address.
 *
 * Every proxy appends the address that called it to `X-Forwarded-For`. A client can invent everything before that. So
 * with `trustedProxies` proxies in front, the client's address is that many entries from the right. 0 means the
 * connection's own address. 1 is right for Cloud Run, whose front end appends one entry. A load balancer of Google in
 * front of it appends the client's address and its own, which makes 2. The connection's own address is used where the
 * entry is missing or invalid.
 *
 * Source: Cloud Load Balancing, "X-Forwarded-For header".
 */
export function clientAddress(request: AddressedRequest, trustedProxies: number): string {
  const own = request.socket.remoteAddress ?? '';
  const forwarded = trustedProxies === 0 ? undefined : entry(request, trustedProxies);
  return parse(forwarded ?? '') ?? parse(own) ?? 'unknown';
}

/**
 * The key under which limits count an address: for IPv6 the /64 network, the least that one subscriber has.
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
