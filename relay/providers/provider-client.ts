import type { Logger } from '../../shared/log.ts';
import { BoundedClient, OutageError, type OutboundRequest } from '../outbound-http/bounded-client.ts';
import { type ProviderContext, ProviderUnavailable } from './provider.ts';

/** Calls to one provider. */
export class ProviderClient {
  readonly #name: string;
  readonly #logger: Logger;
  readonly #client: BoundedClient;

  /** @param name the provider's name in logs and errors. */
  constructor(name: string, { dispatcher, logger, limits }: ProviderContext) {
    this.#name = name;
    this.#logger = logger;
    this.#client = new BoundedClient({ ...limits, dispatcher, decompress: true, tryAgain: false });
  }

  /**
   * @returns the body of a `200`, or `undefined` for any other answer: none of them says that a caller may come in.
   * @throws {ProviderUnavailable} when there is no answer in time, or one that speaks of the provider's own trouble.
   */
  async ask(url: string, request: OutboundRequest): Promise<string | undefined> {
    const answer = await this.#client.send(url, request).catch((error: unknown) => {
      throw error instanceof OutageError ? new ProviderUnavailable(this.#name, error.message) : error;
    });
    return 'fault' in answer ? this.refuse(answer.fault) : answer.body;
  }

  /** Logs why a caller was refused. The caller is not told. */
  refuse(reason: string): undefined {
    this.#logger.info({ provider: this.#name, reason }, 'registration refused');
  }
}
