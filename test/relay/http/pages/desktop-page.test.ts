import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { registerSecurityHeaders } from '../../../../relay/http/browsers/security-headers.ts';
import { desktopPlugin } from '../../../../relay/http/pages/desktop-page.ts';
import { Fixture } from '../../../helpers/fixture.ts';

const FILES: Record<string, [file: string, type: string]> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/desktop/desktop.css': ['desktop.css', 'text/css; charset=utf-8'],
  '/desktop/desktop.js': ['desktop.js', 'text/javascript; charset=utf-8'],
  '/desktop/fr.js': ['fr.js', 'text/javascript; charset=utf-8'],
  '/supervisor': ['supervisor.html', 'text/html; charset=utf-8'],
  '/supervisor/supervisor.css': ['supervisor/supervisor.css', 'text/css; charset=utf-8'],
  '/supervisor/supervisor.js': ['supervisor/supervisor.js', 'text/javascript; charset=utf-8'],
  '/supervisor/chunk.js': ['supervisor/chunk.js', 'text/javascript; charset=utf-8'],
  '/supervisor/call-pane.js': ['supervisor/call-pane.js', 'text/javascript; charset=utf-8'],
  '/supervisor/fr.js': ['supervisor/fr.js', 'text/javascript; charset=utf-8'],
  '/supervisor/wall-fr.js': ['supervisor/wall-fr.js', 'text/javascript; charset=utf-8'],
};

const fixture = new Fixture(test);
const directory = fixture.directory();
let app: FastifyInstance;

test.before(async () => {
  await mkdir(join(directory, 'supervisor'));
  for (const [file] of Object.values(FILES)) await writeFile(join(directory, file), `content of ${file}`);
  await writeFile(join(directory, 'secret.txt'), 'secret');
  app = fixture.keep(Fastify());
  registerSecurityHeaders(app);
  await app.register(desktopPlugin({ directory }));
  await app.ready();
});

for (const [path, [file, type]] of Object.entries(FILES)) {
  test(`${path} is ${file} with its policy`, async () => {
    const response = await app.inject(path);
    assert.is(response.statusCode, 200);
    assert.is(response.body, `content of ${file}`);
    assert.is(response.headers['content-type'], type);
    assert.is(response.headers['x-content-type-options'], 'nosniff');
    const policy = String(response.headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/);
    assert.not.match(policy, /unsafe/);
    assert.match(policy, /require-trusted-types-for 'script'/);
    // The page needs its own scripts, so the policy of the other answers must not be added to it.
    assert.match(policy, /script-src 'self'.*frame-ancestors 'self'$/);
  });
}

test('a browser that takes gzip gets it compressed', async () => {
  const headers = { 'accept-encoding': 'br, gzip' };
  const response = await app.inject({ url: '/desktop/desktop.js', headers });
  assert.is(response.headers['content-encoding'], 'gzip');
  assert.is(String(response.headers.vary).includes('accept-encoding'), true);
  assert.is(gunzipSync(response.rawPayload).toString(), 'content of desktop.js');
  assert.is((await app.inject('/desktop/desktop.js')).headers['content-encoding'], undefined);
});

test('no other file can be had, however the path is written', async () => {
  for (const path of [
    '/secret.txt',
    '/desktop/secret.txt',
    '/desktop/../secret.txt',
    '/desktop/%2e%2e/secret.txt',
  ]) {
    assert.is((await app.inject(path)).statusCode, 404, path);
  }
});

test('HEAD goes with GET; other methods are refused', async () => {
  const head = await app.inject({ method: 'HEAD', url: '/' });
  assert.is(head.statusCode, 200);
  assert.is(head.body, '');
  const post = await app.inject({ method: 'POST', url: '/' });
  assert.is(post.statusCode, 405);
  assert.is(post.headers.allow, 'GET, HEAD, OPTIONS');
});

test('a missing file stops the start', async () => {
  await rm(join(directory, 'desktop.js'));
  const other = Fastify();
  const error = await other.register(desktopPlugin({ directory })).then(
    () => undefined,
    (reason: Error) => reason,
  );
  await other.close();
  await writeFile(join(directory, 'desktop.js'), 'content of desktop.js');
  assert.match(error?.message ?? '', /desktop\.js/);
});

test.run();
