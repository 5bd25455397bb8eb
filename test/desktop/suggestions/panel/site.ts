import { createServer, type Server } from 'node:http';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { desktopBundle } from '../../../../relay/desktop/bundle.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Suggestions</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/panel.css">
<main id="panel" class="slot" data-panel="suggestions"></main>
<script src="/panel.js"></script>
</html>
`;

/** As strict as the policy of the page that the panel is a part of. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; " +
  "require-trusted-types-for 'script'";

/** Serves the page of `page.tsx`, bundled as the desktop is. */
export async function panelSite(): Promise<Server> {
  const { outputFiles } = await build({
    ...desktopBundle,
    absWorkingDir: ROOT,
    entryPoints: [
      { in: 'test/desktop/suggestions/panel/page.tsx', out: 'panel' },
      { in: 'relay/desktop/styles/desktop.css', out: 'panel' },
    ],
    outdir: 'panel',
    write: false,
    logLevel: 'error',
  });
  const files = new Map(outputFiles.map(({ path, text }) => [`/${basename(path)}`, text]));
  return createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const type = path.endsWith('.css') ? 'text/css' : path.endsWith('.js') ? 'text/javascript' : 'text/html';
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': POLICY });
    response.end(files.get(path) ?? HTML);
  });
}
