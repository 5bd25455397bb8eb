import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

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
  return isIPv6(address) ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address;
}

function entry({ headers }: AddressedRequest, fromTheRight: number): string | undefined {
  // Node joins several headers of the name with a comma, in the order in which they came.
  return [headers['x-forwarded-for']].join(',').split(',').at(-fromTheRight);
}

/** Takes `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:443`. */
function parse(text: string): string | undefined {
  const [, bracketed, withPort] = /^(?:\[(.+)\](?::\d+)?|([^:]+):\d+)$/.exec(text.trim()) ?? [];
  const [address = ''] = (bracketed ?? withPort ?? text.trim()).split('%'); // no zone: it means something on this host only
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  const isIPv4Within = groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff';
  if (!isIPv4Within) return shortest(address);
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** A URL's host is in the shortest form, in lower case and without an IPv4 address at its end. */
function shortest(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [left = [], right] = shortest(address)
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  if (right === undefined) return left;
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}
