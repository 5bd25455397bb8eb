import * as v from 'valibot';
import { ConfigError } from '../../shared/errors.ts';
import type { Credentials } from '../google/credentials.ts';
import { SECRET_TIMEOUT_MS } from '../limits.ts';
import type { KeySource } from './key-source.ts';
import { type SigningKey, signingKey } from './signing-key.ts';

/** The scope that Secret Manager's API asks for. Source: its REST reference, `projects.secrets.versions.access`. */
export const SECRET_SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

export interface SecretSourceOptions {
  /** `projects/P/secrets/S`. */
  secret: string;
  /** Of {@link SECRET_SCOPE}. */
  credentials: Pick<Credentials, 'headers' | 'invalidate'>;
  /** Names the secret, for whoever has to mend it. */
  variable?: string;
  fetch?: typeof fetch;
}

const NAME = /^(?:projects\/([a-z0-9][a-z0-9.:-]*)\/secrets\/)?([A-Za-z0-9_-]{1,255})$/;
const VERSION = /\/versions\/(\d{1,15})$/;

const accessed = v.object({ name: v.string(), payload: v.object({ data: v.string() }) });

/** The whole name of a secret that is given as `S` or as `projects/P/secrets/S`; `undefined` when it is neither. */
export function secretName(text: string, projectId: string): string | undefined {
  const [, project = projectId, secret] = NAME.exec(text) ?? [];
  return secret === undefined ? undefined : `projects/${project}/secrets/${secret}`;
}

/**
 * A secret of Secret Manager: its latest version, and the one before it while that is enabled. Over the REST API,
 * because Google's client brings gRPC along, 2 MB for this one call.
 *
 * Source: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access
 */
export function secretManagerKeys({ secret, credentials, ...options }: SecretSourceOptions): KeySource {
  const { fetch: call = fetch, variable = 'JWT_SECRET_NAME' } = options;

  function fault(what: string, remedy: string): ConfigError {
    return new ConfigError([`the secret that ${variable} names ${what}: ${remedy}`]);
  }

  async function get(version: string): Promise<Response> {
    const url = `https://secretmanager.googleapis.com/v1/${secret}/versions/${version}:access`;
    try {
      const headers = await credentials.headers();
      return await call(url, { headers, redirect: 'error', signal: AbortSignal.timeout(SECRET_TIMEOUT_MS) });
    } catch {
      // Neither error is passed on: what it quotes is not ours to log.
      throw fault('could not be asked for', 'the relay needs Google credentials and a way to Google APIs');
    }
  }

  async function open(response: Response): Promise<{ key: SigningKey; version: number }> {
    const body = v.safeParse(accessed, await response.json().catch(() => undefined));
    if (!body.success) throw fault('was answered with something else', 'look at the name');
    const { name, payload } = body.output;
    const text = Buffer.from(payload.data, 'base64').toString('utf8');
    return {
      key: signingKey(text, `the secret that ${variable} names`),
      version: Number(VERSION.exec(name)?.[1] ?? 0),
    };
  }

  return {
    async read({ withPrevious }) {
      const response = await get('latest');
      if (!response.ok) {
        if (response.status === 401) credentials.invalidate();
        throw fault(
          `was refused by Secret Manager (${response.status})`,
          'it has to exist, with its latest version enabled, and the service account of the relay needs the role ' +
            'roles/secretmanager.secretAccessor on it',
        );
      }
      const { key, version } = await open(response);
      if (!withPrevious || version < 2) return [key];
      const before = await get(String(version - 1));
      if (before.ok) return [key, ...(await previousOf(before))];
      // Disabled or destroyed (400), or never there (404): the operator wants it honoured no more.
      if (before.status === 400 || before.status === 404) return [key];
      throw fault(`was refused by Secret Manager (${before.status})`, 'try again');
    },
  };

  /** A previous version that is no key, such as the reference's of 20 characters, has signed nothing of ours. */
  async function previousOf(response: Response): Promise<SigningKey[]> {
    try {
      return [(await open(response)).key];
    } catch (error) {
      if (error instanceof ConfigError) return [];
      throw error;
    }
  }
}
