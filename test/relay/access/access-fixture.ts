import { createServer } from 'node:http';
import type { Test } from 'uvu';
import { conversationNamesIn } from '../../../relay/integration-keys/conversation-name-store.ts';
import { RelayFixture, type RelayFixtureOptions } from '../../helpers/relay-fixture.ts';
import { AuthorizerServer } from './authorizer-server.ts';
import '../../helpers/patient-redis.ts';

/** In milliseconds: what takes a minute is seen in a moment, and the authorizer has time on a busy machine. */
const TIMES = { authorizerTimeoutMs: 30_000, authorizerCacheMs: 600 };

/** A relay with an integrator's webhook, and a server that answers in Dialogflow's place. */
export class AccessFixture extends RelayFixture {
  readonly authorizer = new AuthorizerServer();
  /** What reached Dialogflow, as `METHOD path`. */
  readonly upstream: string[] = [];
  readonly #settings: Record<string, string>;
  readonly #times: typeof TIMES;

  /** @param times other times than those of {@link TIMES}. */
  constructor(test: Test, settings: Record<string, string> = {}, times: Partial<typeof TIMES> = {}) {
    super(test);
    this.#settings = settings;
    this.#times = { ...TIMES, ...times };
  }

  protected override async options(): Promise<RelayFixtureOptions> {
    const authorizer = await this.keep(this.authorizer).start();
    const dialogflow = createServer((request, response) => {
      this.upstream.push(`${request.method} ${request.url}`);
      request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
    });
    const DIALOGFLOW_ENDPOINT = `http://127.0.0.1:${await this.listen(dialogflow)}`;
    return {
      settings: { AUTHORIZER_URL: authorizer.url, DIALOGFLOW_ENDPOINT, ...this.#settings },
      limits: { access: this.#times, session: { authorizerRetryMs: 100 } },
    };
  }

  /** Keeps a conversation under an integration key, past the relay. */
  async keepName(key: string, conversation: string): Promise<void> {
    await conversationNamesIn(this.redis).set(key, conversation, 60);
  }

  /** The audit's lines so far. */
  audited(): Record<string, unknown>[] {
    return this.relay
      .log()
      .split('\n')
      .filter((line) => line.includes('"audit":'))
      .map((line) => JSON.parse(line));
  }
}
