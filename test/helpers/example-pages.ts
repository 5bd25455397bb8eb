import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Fixture } from './fixture.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The paths of the server. */
const SITE: Readonly<Record<string, [type: string, file: string]>> = {
  '/socket-io.html': ['text/html', 'docs/examples/socket-io.html'],
  '/client.html': ['text/html', 'docs/examples/client.html'],
  '/socket.io.min.js': ['text/javascript', 'node_modules/socket.io-client/dist/socket.io.min.js'],
};

/** Serves the pages of docs/examples/ as their integrator would; resolves with the address, without a slash at its end. */
export async function serveExamplePages(fixture: Fixture): Promise<string> {
  const server = createServer((request, response) => {
    const [type, file] = SITE[new URL(request.url ?? '', 'http://localhost').pathname] ?? [];
    if (file === undefined) response.writeHead(404).end();
    else response.setHeader('content-type', type ?? '').end(readFileSync(ROOT + file));
  });
  return `http://127.0.0.1:${await fixture.listen(server)}`;
}
