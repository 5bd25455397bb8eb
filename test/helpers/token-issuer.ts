import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Cluster, RedisNode } from '../../shared/redis.ts';
import type { Fixture } from './fixture.ts';

const TOKEN_PATH = '/computeMetadata/v1/instance/service-accounts/default/token';

/**
 * Imitates Google's metadata server, and Memorystore's check of tokens: the user `default` of each server accepts the tokens
 * that were given out and have not expired. Source: Compute Engine, "Authenticate workloads using service accounts".
 */
export class TokenIssuer {
  /** `HOST:PORT`, for GCE_METADATA_HOST. */
  host = '';
  /** How long tokens live according to the answer. */
  expiresInSeconds = 3_599;
  /** What the server does when it is asked. */
  mode: 'tokens' | 'closes' | 'refused-tokens' | { status: number; body: string } = 'tokens';
  /** All tokens that were given out, the oldest first. */
  readonly given: string[] = [];
  readonly #servers: () => readonly Pick<RedisNode | Cluster, 'call'>[];
  readonly #server: Server;

  /** @param servers administrators' connections to the servers that check the tokens. */
  constructor(servers: () => readonly Pick<RedisNode | Cluster, 'call'>[]) {
    this.#servers = servers;
    this.#server = createServer((request, response) => {
      if (this.mode === 'closes') {
        request.socket.destroy();
        return;
      }
      if (request.url !== TOKEN_PATH || request.headers['metadata-flavor'] !== 'Google') {
        response.writeHead(403).end();
        return;
      }
      if (typeof this.mode === 'object') {
        response.writeHead(this.mode.status).end(this.mode.body);
        return;
      }
      this.#give().then(
        (access_token) => {
          response.setHeader('content-type', 'application/json');
          response.end(
            JSON.stringify({ access_token, expires_in: this.expiresInSeconds, token_type: 'Bearer' }),
          );
        },
        () => response.writeHead(500).end(),
      );
    });
  }

  async listen(fixture: Fixture): Promise<this> {
    this.host = `127.0.0.1:${await fixture.listen(this.#server)}`;
    return this;
  }

  async #give(): Promise<string> {
    const token = `ya29.${randomUUID()}`;
    this.given.push(token);
    if (this.mode === 'tokens') await this.#acl(`>${token}`);
    return token;
  }

  /** An hour passes: no server accepts a token any more that was given out so far. */
  async expireAll(): Promise<void> {
    await this.#acl('resetpass');
  }

  async #acl(rule: string): Promise<void> {
    await Promise.all(this.#servers().map((redis) => redis.call('ACL', 'SETUSER', 'default', rule)));
  }
}
