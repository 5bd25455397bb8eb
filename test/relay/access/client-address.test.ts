import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressKey, clientAddress } from '../../../relay/access/client-address.ts';

const request = (remoteAddress?: string, forwarded?: string) => ({
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  socket: { remoteAddress },
});

/** How many proxies are trusted, the connection's address, the header, and whose request it is. */
const CASES: [trusted: number, own: string | undefined, forwarded: string | undefined, client: string][] = [
  [0, '192.0.2.1', undefined, '192.0.2.1'],
  [0, '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  [1, '169.254.1.1', '198.51.100.7', '198.51.100.7'],
  [1, '169.254.1.1', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
  [1, '169.254.1.1', '203.0.113.9,198.51.100.7', '198.51.100.7'],
  [2, '169.254.1.1', '203.0.113.9,198.51.100.7,192.0.2.80', '198.51.100.7'],
  [1, '169.254.1.1', '198.51.100.7:50123', '198.51.100.7'],
  [1, '169.254.1.1', '2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  [1, '169.254.1.1', '[2001:db8::1]:443', '2001:db8::1'],
  [1, '169.254.1.1', '[2001:db8::1]', '2001:db8::1'],
  [0, '::ffff:192.0.2.1', undefined, '192.0.2.1'],
  [0, '::1', undefined, '::1'],
  [0, '::192.0.2.1', undefined, '::c000:201'],
  [1, '192.0.2.1', '127.1', '192.0.2.1'],
  [1, '192.0.2.1', '3221225985', '192.0.2.1'],
  [0, 'fe80::1%eth0', undefined, 'fe80::1'],
  // fewer entries than proxies, or none that is an address: only the connection itself is left to believe
  [2, '192.0.2.1', '203.0.113.9', '192.0.2.1'],
  [1, '192.0.2.1', undefined, '192.0.2.1'],
  [1, '192.0.2.1', '', '192.0.2.1'],
  [1, '192.0.2.1', '203.0.113.9, unknown', '192.0.2.1'],
  [1, '192.0.2.1', '203.0.113.9, [::1', '192.0.2.1'],
  [0, undefined, undefined, 'unknown'],
];

for (const [trusted, own, forwarded, client] of CASES) {
  test(`${trusted} proxies, ${own} for ${forwarded ?? 'nobody'}: ${client}`, () => {
    assert.is(clientAddress(request(own, forwarded), trusted), client);
  });
}

test('what a client writes into the header never changes whose request it is', () => {
  fc.assert(
    fc.property(fc.string(), fc.ipV4(), (invented, client) => {
      assert.is(clientAddress(request('169.254.1.1', `${invented}, ${client}`), 1), client);
    }),
  );
});

test('every address of a /64 network counts as one, and an IPv4 address for itself', () => {
  assert.is(addressKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.is(addressKey('2001:db8:1:2::9'), '2001:db8:1:2::/64');
  assert.is(addressKey('2001:db8::1'), '2001:db8:0:0::/64');
  assert.is.not(addressKey('2001:db8:1:2::9'), addressKey('2001:db8:1:3::9'));
  assert.is(addressKey('192.0.2.1'), '192.0.2.1');
});

test('any IPv6 address has its network, however it is written', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const canonical = clientAddress(request(address), 0);
      if (canonical.includes('.')) return; // an IPv4 address within
      assert.match(addressKey(canonical), /^(?:[0-9a-f]{1,4}:){3}[0-9a-f]{1,4}::\/64$/);
    }),
  );
});

test.run();
