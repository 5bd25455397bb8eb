// Pages of other sites, at the three doors of a whole relay: REST, Socket.IO (polling and WebSocket) and /ws.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { readRelayConfig } from '../../relay/config.ts';
import { originCheck } from '../../relay/http/browsers/origin-check.ts';
import { startWarnings } from '../../relay/start-warnings.ts';
import { SUBPROTOCOL } from '../../shared/wire.ts';
import { dial, exchange, rawRequest, upgradeRequest } from '../helpers/raw-http.ts';
import { TEST_PROJECT } from '../helpers/redis.ts';
import type { TestRelay } from '../helpers/relay.ts';
import { relayFixture } from '../helpers/relay-fixture.ts';
import { until } from '../helpers/until.ts';
import { shows } from './table.ts';
import '../helpers/patient-redis.ts';

const DESK = 'https://desk.example.com';
const LIST = `${DESK},https://*.agents.example.com,https://xn--bcher-kva.example:8443`;

const fixture = relayFixture(test);
/** A relay that takes pages of every origin, and one that has a list. */
let open: TestRelay;
let closed: TestRelay;
test.before(async () => {
  open = fixture.relay;
  closed = await fixture.startRelay({ settings: { CORS_ALLOWED_ORIGINS: LIST } });
});

/** What each door says to a page of this origin: `true` when it may pass. */
async function doors({ url }: TestRelay, origin: string | undefined): Promise<Record<string, boolean>> {
  const headers: Record<string, string> = origin === undefined ? {} : { origin };
  const status = async (path: string, init: RequestInit = {}) =>
    (await fetch(`${url}${path}`, { headers, ...init })).status;
  return {
    register: (await status('/register', { method: 'POST' })) === 200,
    preflight: (await status('/register', { method: 'OPTIONS' })) === 200,
    polling: (await status('/socket.io/?EIO=4&transport=polling')) === 200,
    'socket.io': await upgrades(`${url}/socket.io/?EIO=4&transport=websocket`, [], headers),
    '/ws': await upgrades(`${url}/ws`, [SUBPROTOCOL], headers),
  };
}

function upgrades(url: string, protocols: string[], headers: Record<string, string>): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url.replace('http', 'ws'), protocols, { headers });
    socket.on('open', () => {
      socket.terminate();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

const all = (isOpen: boolean) => ({
  register: isOpen,
  preflight: isOpen,
  polling: isOpen,
  'socket.io': isOpen,
  '/ws': isOpen,
});

shows('S15', async () => {
  const handshake = await (await fetch(`${closed.url}/socket.io/?EIO=4&transport=polling`)).text();
  const session = `${closed.url}/socket.io/?EIO=4&transport=polling&sid=${JSON.parse(handshake.slice(1)).sid}`;
  const post = (origin: string) => fetch(session, { method: 'POST', body: '3', headers: { origin } });
  assert.is((await post('https://evil.example')).status, 403, 'nor in the session of somebody else');
  assert.is((await post(DESK)).status, 200);
  for (const origin of [
    DESK,
    'https://a.agents.example.com',
    'https://xn--bcher-kva.example:8443',
    undefined,
  ]) {
    assert.equal(await doors(closed, origin), all(true), origin);
  }
  assert.equal(await doors(closed, 'https://evil.example'), all(false));
  for (const origin of ['https://evil.example', 'null', DESK, undefined]) {
    assert.equal(await doors(open, origin), all(true), origin);
    for (const path of ['/status', '/socket.io/?EIO=4&transport=polling']) {
      const answer = await fetch(`${open.url}${path}`, { headers: origin === undefined ? {} : { origin } });
      assert.is(answer.headers.get('access-control-allow-credentials'), null);
      await answer.text();
    }
  }
  for (const path of ['/status', '/socket.io/?EIO=4&transport=polling']) {
    const answer = await fetch(`${closed.url}${path}`, { headers: { origin: DESK } });
    assert.is(answer.headers.get('access-control-allow-origin'), DESK);
    assert.is(answer.headers.get('access-control-allow-credentials'), 'true');
    await answer.text();
  }
  const warningsOf = (env: Record<string, string>) =>
    startWarnings(readRelayConfig({ GCP_PROJECT_ID: TEST_PROJECT, ...env })).join();
  assert.match(warningsOf({}), 'CORS_ALLOWED_ORIGINS is not set');
  assert.not.match(warningsOf({ CORS_ALLOWED_ORIGINS: DESK }), 'CORS_ALLOWED_ORIGINS');
});

const LOOKALIKES = [
  'https://evil-desk.example.com',
  'https://desk.example.com.evil.com',
  'https://evildesk.example.com',
  'https://example.com',
  'https://agents.example.com',
  'https://evilagents.example.com',
  'https://a.agents.example.com.evil.com',
  'https://desk.example.com@evil.com',
  'https://user:pass@desk.example.com',
  'https://desk.example.com:8443',
  'https://desk.example.com:443',
  'http://desk.example.com',
  'wss://desk.example.com',
  'https://DESK.example.com',
  'https://desk.example.com.',
  'https://a.agents.example.com.',
  'https://desk.example.com/',
  'https://desk.example.com%00.evil.com',
  'https://desk.example.com\t',
  'https://xn--bcher-kva.example',
  'https://b\u00fccher.example:8443',
  'https://desk\u3002example.com',
  'https://desk.example.com, https://evil.example',
  'https://evil.example https://desk.example.com',
  'https://*.agents.example.com',
  'null',
  'file://',
  '',
];

shows('origins', async () => {
  const isAllowed = originCheck(LIST.split(','));
  for (const origin of LOOKALIKES) {
    assert.is(isAllowed(origin), false, origin);
    // HTTP has no way to send some of them, and trims the white space around others.
    if (/^[!-~]+(?: [!-~]+)*$/.test(origin)) assert.equal(await doors(closed, origin), all(false), origin);
  }
  // Two header lines are not two chances.
  const twice = await exchange(
    closed.port,
    rawRequest('POST', '/register', [`Origin: https://evil.example`, `Origin: ${DESK}`]),
  );
  assert.match(twice, /^HTTP\/1\.1 40[03] /);
});

shows('preflight', async () => {
  for (const relay of [open, closed]) {
    for (const origin of [DESK, 'https://evil.example']) {
      const answer = await fetch(`${relay.url}/register`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-private-network': 'true',
        },
      });
      for (const kind of ['private', 'local'])
        assert.is(answer.headers.get(`access-control-allow-${kind}-network`), null);
    }
  }
});

shows('headers', async () => {
  const paths = [
    '/status',
    '/nowhere',
    '/register',
    '/health',
    '/conversation-name',
    '/v2/projects/x',
    '/socket.io/?EIO=4&transport=polling',
    '/socket.io/?EIO=4&transport=polling&sid=unknown',
    '/socket.io/?EIO=3&transport=polling',
  ];
  for (const path of paths) {
    const answer = await fetch(`${open.url}${path}`, { headers: { 'x-forwarded-proto': 'https' } });
    await answer.text();
    assert.is(answer.headers.get('x-content-type-options'), 'nosniff', path);
    assert.is(answer.headers.get('referrer-policy'), 'no-referrer', path);
    assert.is(
      answer.headers.get('content-security-policy'),
      "default-src 'none'; frame-ancestors 'none'",
      path,
    );
    for (const name of ['server', 'x-powered-by', 'via']) assert.is(answer.headers.get(name), null, path);
    assert.is(answer.headers.get('strict-transport-security'), 'max-age=31536000', path);
  }
  for (const path of ['/ws', '/socket.io/?EIO=4&transport=websocket', '/nowhere', '/status']) {
    const answer = await answerToUpgrade(path, ['X-Forwarded-Proto: https']);
    for (const line of [
      'x-content-type-options: nosniff',
      'referrer-policy: no-referrer',
      "content-security-policy: default-src 'none'; frame-ancestors 'none'",
      'strict-transport-security: max-age=31536000',
    ]) {
      assert.match(answer, new RegExp(`^${line}\\s*$`, 'im'), path);
    }
    assert.not.match(answer, /^(?:server|x-powered-by|via):/im);
  }
  // Refused, of another origin, and on a request that offers a protocol which nobody speaks.
  const requests = [
    rawRequest('GET', '/socket.io/?EIO=4&transport=polling&sid=x', ['Upgrade: h2c']),
    upgradeRequest('/socket.io/?EIO=4&transport=websocket', ['Origin: https://evil.example']),
    rawRequest('GET', '/socket.io/?EIO=4&transport=polling', ['Origin: https://evil.example']),
  ];
  for (const request of requests) {
    const connection = dial(closed.port, String(request));
    await until(() => connection.received.includes('\r\n\r\n'));
    connection.socket.destroy();
    assert.match(connection.received, /^HTTP\/1\.1 40[03] /);
    assert.match(connection.received, /^x-content-type-options: nosniff\r$/im, String(request));
  }
  for (const path of ['/status', '/socket.io/?EIO=4&transport=polling']) {
    const plain = await fetch(`${open.url}${path}`);
    assert.is(plain.headers.get('strict-transport-security'), null, path);
    await plain.text();
  }
  for (const path of ['/ws', '/socket.io/?EIO=4&transport=websocket', '/nowhere']) {
    assert.not.match(await answerToUpgrade(path, []), /strict-transport-security/i, path);
  }
});

/** The head of the answer to an upgrade. */
async function answerToUpgrade(path: string, headers: readonly string[]): Promise<string> {
  const connection = dial(open.port, upgradeRequest(path, headers));
  await until(() => connection.received.includes('\r\n\r\n'));
  connection.socket.destroy();
  return connection.received.split('\r\n\r\n')[0] ?? '';
}

test.run();
