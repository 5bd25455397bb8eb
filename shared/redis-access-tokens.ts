// Access tokens of the process's service account, from Google's metadata server. Every process that reaches Memorystore has
// one: Cloud Run, GKE and Compute Engine alike. Google's library would add to each cold start of a function.
import { get } from 'node:http';
import * as v from 'valibot';
import { RedisIamError } from './redis-iam-error.ts';

const PATH = '/computeMetadata/v1/instance/service-accounts/default/token';
const ANSWER_MAX_MS = 3_000;
const ANSWER_MAX_BYTES = 64 * 1024;
/**
 * A token that expires earlier than this, in milliseconds, is replaced. The metadata server gives out the same token until
 * five minutes before it expires. Source: Compute Engine, "Authenticate workloads using service accounts", "Access tokens".
 */
const REPLACED_BEFORE_MS = 4 * 60_000;
/** A token that expires within this time, in milliseconds, may have expired when Redis reads it. */
const LAST_USE_MS = 10_000;

const Answer = v.object({
  access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
  expires_in: v.pipe(v.number(), v.minValue(1)),
});

interface Token {
  text: string;
  /** By the clock of {@link AccessTokensDeps.now}, in milliseconds. */
  expiresAt: number;
}

export interface AccessTokensDeps {
  /** `HOST` or `HOST:PORT` of the metadata server. */
  metadataHost: string;
  /** Milliseconds since 1970. */
  now: () => number;
}

export class AccessTokens {
  readonly #deps: AccessTokensDeps;
  #token: Token | undefined;
  #request: Promise<Token> | undefined;

  constructor(deps: AccessTokensDeps) {
    this.#deps = deps;
  }

  /**
   * A token that is valid now. At most one request is under way, whose answer all callers share. While the metadata server
   * gives none, the last token serves until it expires.
   *
   * @throws {RedisIamError} when there is none.
   */
  async current(): Promise<string> {
    const known = this.#token;
    const life = known === undefined ? 0 : known.expiresAt - this.#deps.now();
    if (known && life > REPLACED_BEFORE_MS) return known.text;
    const renewed = this.#renewed();
    if (known === undefined || life <= LAST_USE_MS) return (await renewed).text;
    renewed.catch(() => {});
    return known.text;
  }

  /** Redis refused this token: the next call asks for another. */
  refuse(text: string): void {
    if (this.#token?.text === text) this.#token = undefined;
  }

  #renewed(): Promise<Token> {
    this.#request ??= this.#fetch().finally(() => {
      this.#request = undefined;
    });
    return this.#request;
  }

  async #fetch(): Promise<Token> {
    const { metadataHost, now } = this.#deps;
    const askedAt = now();
    const { status, body } = await ask(metadataHost);
    if (status !== 200) throw new RedisIamError('no-token', `the metadata server answers ${status}`);
    const read = v.safeParse(Answer, parsed(body));
    // The text may hold a token.
    if (!read.success)
      throw new RedisIamError('no-token', 'the answer of the metadata server holds no token');
    const { access_token: text, expires_in: seconds } = read.output;
    this.#token = { text, expiresAt: askedAt + seconds * 1_000 };
    return this.#token;
  }
}

function ask(metadataHost: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new RedisIamError('no-token', 'the metadata server does not answer'));
    const request = get(
      `http://${metadataHost}${PATH}`,
      { headers: { 'metadata-flavor': 'Google' }, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
          if (body.length > ANSWER_MAX_BYTES) response.destroy(new Error('too long'));
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.once('error', fail);
      },
    );
    const limit = setTimeout(() => request.destroy(new Error('timed out')), ANSWER_MAX_MS);
    request.once('error', fail);
    request.once('close', () => clearTimeout(limit));
  });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
