import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { socketUrl } from '../../../relay/client/url.ts';

for (const [given, expected] of [
  ['https://relay.example.com', 'wss://relay.example.com/ws'],
  ['https://relay.example.com/', 'wss://relay.example.com/ws'],
  ['http://localhost:8080', 'ws://localhost:8080/ws'],
  ['HTTPS://Relay.example.com', 'wss://relay.example.com/ws'],
  ['wss://relay.example.com', 'wss://relay.example.com/ws'],
  ['https://example.com/behind/a/proxy/', 'wss://example.com/behind/a/proxy/ws'],
  ['https://relay.example.com/?a=1#b', 'wss://relay.example.com/ws'],
] as const) {
  test(`${given} becomes ${expected}`, () => {
    assert.is(socketUrl(given), expected);
  });
}

for (const given of ['ftp://relay.example.com', 'javascript:alert(1)', '/', 'relay.example.com', '']) {
  test(`outside of a page "${given}" is not the URL of a relay`, () => {
    assert.throws(
      () => socketUrl(given),
      (error: unknown) => error instanceof TypeError,
    );
  });
}

test('in a page a path is one of its own origin', () => {
  const page = Object.assign(globalThis, { location: new URL('https://desk.example.com/agents?x=1') });
  try {
    assert.is(socketUrl('/'), 'wss://desk.example.com/ws');
  } finally {
    Reflect.deleteProperty(page, 'location');
  }
});

test.run();
