import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import type { FastifyPluginAsync } from 'fastify';
import { allowOnly } from '../methods.ts';

/** The page's files: path, file in the directory, content type. Nothing of a request ever becomes a file's name. */
const FILES = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/desktop/desktop.css', 'desktop.css', 'text/css; charset=utf-8'],
  ['/desktop/desktop.js', 'desktop.js', 'text/javascript; charset=utf-8'],
  ['/desktop/fr.js', 'fr.js', 'text/javascript; charset=utf-8'],
] as const;

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
  /** The folder with index.html, desktop.css, desktop.js and fr.js. */
  directory: string;
}

/**
 * A Fastify plugin that serves the agent desktop page at `/`. The files are read once, when it is registered.
 *
 * @throws {Error} then, when one is missing, so that a wrong build is noticed at the start.
 */
export function desktopPlugin({ directory }: DesktopOptions): FastifyPluginAsync {
  return async (app) => {
    for (const [path, file, type] of FILES) {
      const content = await readFile(join(directory, file));
      const compressed = gzipSync(content, { level: constants.Z_BEST_COMPRESSION });
      allowOnly(app, path, ['GET']);
      app.get(path, async ({ headers }, reply) => {
        const isGzip = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
        if (isGzip) reply.header('content-encoding', 'gzip');
        return reply
          .type(type)
          .header('cache-control', 'no-cache')
          .header('vary', [reply.getHeader('vary'), 'accept-encoding'].flat().filter(Boolean).join(', '))
          .header('content-security-policy', CONTENT_SECURITY_POLICY)
          .send(isGzip ? compressed : content);
      });
    }
  };
}
