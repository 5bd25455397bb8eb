import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Fixture } from '../../helpers/fixture.ts';
import { type Kind, SOCKET_IO_CLIENTS } from './kinds.ts';
import { runNativePage } from './native-page-script.ts';
import { nothingSeen, type PageConfig, runSocketIoPage } from './page-script.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The web server of the pages, which is not the relay. */
export interface Site {
  /** Puts up a page with this client; returns its address. */
  publish(kind: Kind, config: PageConfig): string;
  /** A page without a desktop. */
  elsewhere: string;
  /** Where pages get a fresh token. */
  tokenUrl: string;
}

/** @param issueToken makes the tokens that pages fetch. */
export async function startSite(fixture: Fixture, issueToken: () => string): Promise<Site> {
  const pages = new Map<string, string>();
  const scripts = await clientScripts();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const [type, body] =
      path === '/token'
        ? ['text/plain', issueToken()]
        : scripts.has(path)
          ? ['text/javascript', scripts.get(path)]
          : ['text/html', pages.get(path) ?? '<!doctype html><title>elsewhere</title>'];
    response
      .setHeader('content-type', type ?? '')
      .setHeader('cache-control', 'no-cache')
      .end(body);
  });
  const url = `http://127.0.0.1:${await fixture.listen(server)}`;
  return {
    publish: ({ client }, config) => {
      const path = `/page/${randomUUID()}`;
      pages.set(path, pageWith(client, config));
      return url + path;
    },
    elsewhere: `${url}/elsewhere`,
    tokenUrl: `${url}/token`,
  };
}

/** The texts of the clients for browsers, by their paths. */
async function clientScripts(): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [`${ROOT}relay/client/index.ts`],
    bundle: true,
    format: 'iife',
    globalName: 'relayClient',
    write: false,
    logLevel: 'error',
  });
  const scripts = new Map([['/client/native.js', outputFiles[0]?.text ?? '']]);
  for (const [version, client] of Object.entries(SOCKET_IO_CLIENTS)) {
    const file = `${ROOT}node_modules/${client.package}/dist/socket.io.min.js`;
    scripts.set(`/client/${version}.js`, readFileSync(file, 'utf8'));
  }
  return scripts;
}

/** The scripts of the pages run in Node, too: their text is all that a browser needs of them. */
function pageWith(client: string, config: PageConfig): string {
  const [run, argument] =
    client === 'native' ? [runNativePage, 'relayClient.createClient'] : [runSocketIoPage, 'io'];
  const seen = JSON.stringify(nothingSeen(config.conversations));
  return `<!doctype html><title>desk</title><script src="/client/${client}.js"></script>
<script>window.desk = (${run})(${argument}, ${JSON.stringify(config)}, ${seen});
addEventListener('pageshow', ({ persisted }) => { window.cameBack = persisted; });</script>`;
}
