import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from './listen.ts';

const HOST = 'secretmanager.googleapis.com';
const TOKEN = 'of-the-service-account';

/** Stands in for Secret Manager and for Cloud Run's metadata server. */
export interface SecretManagerServer {
  /** Leads a Node process to both. */
  env: Record<string, string>;
  /** The path and the authorization of each access. */
  asked: string[];
  close(): void;
}

/** Sends connections to the real host to the local port, past DNS; the host's name is still checked. */
const preload = (port: number) => `
const tls = require('node:tls');
const connect = tls.connect;
tls.connect = (...args) => connect(...args.map((arg) =>
  arg?.host === '${HOST}' ? { ...arg, host: '127.0.0.1', port: ${port}, servername: '${HOST}' } : arg));
`;

/** @param secret the text of the only version. */
export async function startSecretManager(secret: string): Promise<SecretManagerServer> {
  const directory = mkdtempSync(join(tmpdir(), 'secret-manager-'));
  const file = (name: string) => join(directory, name);
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`],
      ...['-keyout', file('key.pem'), '-out', file('cert.pem')],
    ],
    { stdio: 'pipe' },
  );
  const asked: string[] = [];
  const key = readFileSync(file('key.pem'));
  const cert = readFileSync(file('cert.pem'));
  const api = createTlsServer({ key, cert }, (request, response) => {
    asked.push(`${request.url?.split('?')[0]} ${request.headers.authorization}`);
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        name: 'projects/123/secrets/key/versions/1',
        payload: { data: Buffer.from(secret).toString('base64') },
      }),
    );
  });
  const metadata = createServer((request, response) => {
    response.setHeader('metadata-flavor', 'Google').setHeader('content-type', 'application/json');
    const isToken = request.url?.includes('/token') === true;
    const token = { access_token: TOKEN, expires_in: 3600, token_type: 'Bearer' };
    response.statusCode = isToken ? 200 : 404;
    response.end(isToken ? JSON.stringify(token) : '');
  });
  writeFileSync(file('preload.cjs'), preload(await listen(api)));
  return {
    env: {
      NODE_OPTIONS: `--require ${file('preload.cjs')}`,
      NODE_EXTRA_CA_CERTS: file('cert.pem'),
      GCE_METADATA_HOST: `127.0.0.1:${await listen(metadata)}`,
      METADATA_SERVER_DETECTION: 'assume-present',
      HOME: '/nonexistent',
    },
    asked,
    close() {
      for (const server of [api, metadata]) {
        server.closeAllConnections();
        server.close();
      }
      rmSync(directory, { recursive: true });
    },
  };
}
