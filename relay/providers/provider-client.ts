import {
  PROVIDER_ANSWER_MAX_BYTES,
  PROVIDER_CALLS_MAX,
  PROVIDER_NAME_MAX_CHARS,
  PROVIDER_TIMEOUT_MS,
} from '../limits.ts';
import { type ProviderContext, ProviderUnavailable } from './provider.ts';

/** One provider, as the relay asks it. */
export interface ProviderClient {
  /**
   * @returns the body of a `200`, or `undefined` for any other answer: none of them says that a caller may come in.
   * @throws {ProviderUnavailable} when there is no answer in time, or one that speaks of the provider's own trouble.
   */
  ask(
    url: string,
    request: { method?: string; headers: Record<string, string>; body?: string },
  ): Promise<string | undefined>;
  /** Logs why a caller was refused, for whoever has to find out; the caller is not told. */
  refuse(reason: string): undefined;
}

/** Too many calls and time-outs, beside all of 500 and above: the provider's trouble, not the caller's. */
const TRY_AGAIN = new Set([408, 425, 429]);

/**
 * Calls that are bounded in time, in number and in the size of their answers. Redirects are not followed: they could
 * carry a credential to another host.
 */
export function providerClient(name: string, context: ProviderContext): ProviderClient {
  const { fetch, logger, timeoutMs = PROVIDER_TIMEOUT_MS } = context;
  let underWay = 0;

  const refuse = (reason: string): undefined => {
    logger.info({ provider: name, reason }, 'registration refused');
  };

  async function judge(response: Response): Promise<string | undefined> {
    const { status } = response;
    if (status === 200) {
      const body = await readAtMost(response, PROVIDER_ANSWER_MAX_BYTES);
      return body ?? refuse('answer too large');
    }
    await response.body?.cancel();
    if (status >= 500 || TRY_AGAIN.has(status)) throw new ProviderUnavailable(name, `status ${status}`);
    return refuse(`status ${status}`);
  }

  return {
    refuse,
    async ask(url, request) {
      if (underWay >= PROVIDER_CALLS_MAX) throw new ProviderUnavailable(name, 'too many calls under way');
      underWay += 1;
      try {
        const signal = AbortSignal.timeout(timeoutMs);
        return await judge(await fetch(url, { ...request, redirect: 'manual', signal }));
      } catch (error) {
        if (error instanceof ProviderUnavailable) throw error;
        // The error itself is dropped: the text of one that fetch makes may quote a header.
        throw new ProviderUnavailable(name, reasonOf(error));
      } finally {
        underWay -= 1;
      }
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

/** The text of a body, or `undefined` when it has more bytes, counted after decompression. */
async function readAtMost({ body }: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unreachable';
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : 'unreachable';
}
