import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import type { FastifyPluginAsync } from 'fastify';
import { allowOnly } from '../methods.ts';

/** The pages' files: path, file in the directory. Nothing of a request ever becomes a file's name. */
const FILES = [
  ['/', 'index.html'],
  ['/desktop/desktop.css', 'desktop.css'],
  ['/desktop/desktop.js', 'desktop.js'],
  ['/desktop/fr.js', 'fr.js'],
  ['/supervisor', 'supervisor.html'],
  ['/supervisor/supervisor.css', 'supervisor/supervisor.css'],
  ['/supervisor/supervisor.js', 'supervisor/supervisor.js'],
  ['/supervisor/chunk.js', 'supervisor/chunk.js'],
  ['/supervisor/call-pane.js', 'supervisor/call-pane.js'],
  ['/supervisor/fr.js', 'supervisor/fr.js'],
  ['/supervisor/wall-fr.js', 'supervisor/wall-fr.js'],
] as const;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/**
 * In place of the relay's own policy. Scripts, styles and connections of this origin only; `'self'` covers its WebSocket
 * too (CSP level 3). Browsers with trusted types refuse to make HTML of any text.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
  "frame-ancestors 'self'",
].join('; ');

export interface DesktopOptions {
  /** The folder that the build makes of `relay/desktop/`: the two pages and what they load. */
  directory: string;
}

/**
 * A Fastify plugin that serves the agent desktop page at `/` and the supervisor's wall at `/supervisor`. The files are read
 * once, when it is registered.
 *
 * @throws {Error} then, when one is missing, so that a wrong build is noticed at the start.
 */
export function desktopPlugin({ directory }: DesktopOptions): FastifyPluginAsync {
  return async (app) => {
    for (const [path, file] of FILES) {
      const content = await readFile(join(directory, file));
      const compressed = gzipSync(content, { level: constants.Z_BEST_COMPRESSION });
      allowOnly(app, path, ['GET']);
      app.get(path, async ({ headers }, reply) => {
        const isGzip = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
        if (isGzip) reply.header('content-encoding', 'gzip');
        return reply
          .type(TYPES[extname(file)] ?? 'application/octet-stream')
          .header('cache-control', 'no-cache')
          .header('vary', [reply.getHeader('vary'), 'accept-encoding'].flat().filter(Boolean).join(', '))
          .header('content-security-policy', CONTENT_SECURITY_POLICY)
          .send(isGzip ? compressed : content);
      });
    }
  };
}
