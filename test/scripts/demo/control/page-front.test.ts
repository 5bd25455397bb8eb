// What the demo puts between the page and the relay: the drawer's script, cuts, and tokens that end.
import { request as httpRequest } from 'node:http';
import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket, WebSocketServer } from 'ws';
import { type PageFront, startPageFront } from '../../../../scripts/demo/control/page-front.ts';
import { endingAt } from '../../../../scripts/demo/control/short-token.ts';
import { freePort } from '../../../../scripts/local/free-port.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../../scripts/local/loopback-server.ts';
import { Fixture } from '../../../helpers/fixture.ts';
import { listen } from '../../../helpers/listen.ts';
import { undisturbed } from '../../../helpers/undisturbed.ts';

const KEY = 'a signing key of more than 32 bytes for tests';
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'";
const SCRIPT = 'http://127.0.0.1:4711/drawer.js';

const fixture = new Fixture(test);
let relay: LoopbackServer;
let front: PageFront;

test.before(async () => {
  relay = await startLoopbackServer((request, response) => {
    if (request.url === '/register') {
      const token = jwt.sign({ sub: 'an agent', jti: 'x' }, KEY, { keyid: 'kid', expiresIn: 3600 });
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token }));
    }
    if (request.url === '/gone') return request.socket.destroy();
    response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': POLICY, 'x-own': '1' });
    response.end(`<html><head></head>${request.method} ${request.url}</html>`);
  });
  fixture.defer(relay.stop);
  front = await open(relay.url);
});

async function open(relayUrl: string): Promise<PageFront> {
  const opened = await startPageFront({
    port: await freePort(),
    relayUrl,
    scriptUrl: SCRIPT,
    endingAt: (token, end) => endingAt(token, KEY, end),
  });
  fixture.defer(opened.stop);
  return opened;
}

function get(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const request = httpRequest(front.url + path, { headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
      request.once('error', reject).end();
    },
  );
}

async function register(): Promise<jwt.Jwt> {
  const { token } = (await (await fetch(`${front.url}/register`, { method: 'POST' })).json()) as {
    token: string;
  };
  return jwt.verify(token, KEY, { complete: true, ignoreExpiration: true });
}
const endOf = ({ payload }: jwt.Jwt) => (typeof payload === 'string' ? 0 : (payload.exp ?? 0) * 1000);

test('the page gets the script and the exception for it, and nothing else does', async () => {
  const page = await get('/?phone=%2B1');
  assert.match(page.body, `<script type="module" src="${SCRIPT}"></script>`);
  assert.is(page.headers['content-length'], String(Buffer.byteLength(page.body)));
  assert.is(
    page.headers['content-security-policy'],
    "default-src 'none'; script-src 'self' http://127.0.0.1:4711; connect-src 'self' http://127.0.0.1:4711",
  );
  const other = await get('/other');
  assert.is(other.body, '<html><head></head>GET /other</html>');
  assert.is(other.headers['content-security-policy'], POLICY);
  assert.is(other.headers['x-own'], '1');
});

test('a page of another name of this machine gets no drawer', async () => {
  const { port } = new URL(front.url);
  const page = await get('/', { host: `localhost:${port}` });
  assert.is(page.body, '<html><head></head>GET /</html>');
  assert.is(page.headers['content-security-policy'], POLICY);
});

test('a relay that does not answer is a 502', async () => {
  assert.is((await get('/gone')).status, 502);
});

test('until its end every token ends then, and the next registration is told', () =>
  undisturbed(async () => {
    assert.ok(endOf(await register()) > Date.now() + 3_000_000);
    const end = Date.now() + 2_000;
    front.endTokensAt(end);
    let isRenewed = false;
    const renewed = front.nextRegistration().then(() => {
      isRenewed = true;
    });
    const short = await register();
    assert.ok(endOf(short) <= end && endOf(short) > end - 1_000);
    assert.equal(short.header.kid, 'kid');
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, end - Date.now()) + 5));
    assert.is(isRenewed, false);
    assert.ok(endOf(await register()) > Date.now() + 3_000_000);
    await renewed;
  }));

test('a cut ends every WebSocket, and none passes until it is over', () =>
  undisturbed(async () => {
    const sockets = new WebSocketServer({ noServer: true });
    const upstream = (await import('node:http')).createServer();
    upstream.on('upgrade', (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (opened) => opened.send(`hello ${request.url}`));
    });
    const port = await listen(upstream);
    fixture.defer(() => upstream.close());
    const cutting = await open(`http://127.0.0.1:${port}`);
    const address = `${cutting.url.replace('http', 'ws')}/ws`;
    const connect = () =>
      new Promise<{ first: string; closed: Promise<number> }>((resolve, reject) => {
        const socket = new WebSocket(address);
        const closed = new Promise<number>((done) => socket.once('close', done));
        socket.once('error', reject).once('message', (data) => resolve({ first: String(data), closed }));
      });
    const { first, closed } = await connect();
    assert.is(first, 'hello /ws');
    const cut = cutting.cut(300);
    assert.is(await closed, 1006);
    assert.is(
      await connect().then(
        () => 'connected',
        () => 'refused',
      ),
      'refused',
    );
    await cut;
    assert.is((await connect()).first, 'hello /ws');
  }));

test.run();
