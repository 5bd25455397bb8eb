import type { OutboundRequest } from '../outbound-http/bounded-client.ts';
import { BoundedClient, OutageError } from '../outbound-http/bounded-client.ts';
import { PROVIDER_NAME_MAX_CHARS } from './limits.ts';
import { type ProviderContext, ProviderUnavailable } from './provider.ts';

/** One provider, as the relay asks it. */
export interface ProviderClient {
  /**
   * @returns the body of a `200`, or `undefined` for any other answer: none of them says that a caller may come in.
   * @throws {ProviderUnavailable} when there is no answer in time, or one that speaks of the provider's own trouble.
   */
  ask(url: string, request: OutboundRequest): Promise<string | undefined>;
  /** Logs why a caller was refused; the caller is not told. */
  refuse(reason: string): undefined;
}

export function providerClient(name: string, context: ProviderContext): ProviderClient {
  const { dispatcher, logger, limits } = context;
  const client = new BoundedClient({ ...limits, dispatcher, decompress: true });

  const refuse = (reason: string): undefined => {
    logger.info({ provider: name, reason }, 'registration refused');
  };

  return {
    refuse,
    async ask(url, request) {
      const answer = await client.send(url, request).catch((error: unknown) => {
        throw error instanceof OutageError ? new ProviderUnavailable(name, error.message) : error;
      });
      return 'fault' in answer ? refuse(answer.fault) : answer.body;
    },
  };
}

/** The fields of a JSON object; none when the text is anything else. */
export function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Text from a provider that may stand in a token as the name of somebody. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= PROVIDER_NAME_MAX_CHARS;
}
