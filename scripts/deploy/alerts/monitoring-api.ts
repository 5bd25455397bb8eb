// Cloud Monitoring over REST: gcloud has alert policies in its alpha commands only, which have to be installed apart.
import { fetchFailure } from '../../fetch-failure.ts';
import { at } from '../../gcloud/step.ts';
import { RequestError } from '../../request-error.ts';

const PATIENCE_MS = 30_000;
const GOOGLE = 'https://monitoring.googleapis.com/';
const MOST_AT_ONCE = 500;

/** Its errors have Google's words, in a form that the deployment tells failures by. */
export interface MonitoringApi {
  /** @param path from the version on: `v3/projects/P/alertPolicies` @throws {RequestError} */
  ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown>;
  /** The same, and undefined where nothing is of that name. @throws {RequestError} */
  find(path: string): Promise<unknown>;
  /** Every entry of all pages. @param member of an answer that has the entries @throws {RequestError} */
  list(path: string, member: string): Promise<unknown[]>;
}

/**
 * @param accessToken Only ever put into a header.
 * @param endpoint Google's unless a test says otherwise; ends in a slash.
 */
export function createMonitoringApi(accessToken: string, endpoint = GOOGLE): MonitoringApi {
  const ask: MonitoringApi['ask'] = async (method, path, body) => {
    const response = await answerOf(`${endpoint}${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    const { status } = response;
    const words = [at(answer, 'error', 'status'), at(answer, 'error', 'message')].filter(Boolean).join(': ');
    throw new RequestError(`HTTP ${status} ${words}`.trim().replaceAll(accessToken, '…'), status);
  };
  return {
    ask,
    async find(path) {
      try {
        return await ask('GET', path);
      } catch (error) {
        if (error instanceof RequestError && error.status === 404) return undefined;
        throw error;
      }
    },
    async list(path, member) {
      const entries: unknown[] = [];
      let token = '';
      do {
        const query = new URLSearchParams({
          pageSize: String(MOST_AT_ONCE),
          ...(token && { pageToken: token }),
        });
        const page = await ask('GET', `${path}?${query}`);
        const found = at(page, member);
        if (Array.isArray(found)) entries.push(...found);
        token = String(at(page, 'nextPageToken') ?? '');
      } while (token !== '');
      return entries;
    },
  };
}

/** @throws {RequestError} in words that count as temporary, when there is no answer. */
async function answerOf(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw new RequestError(`UNAVAILABLE: Cloud Monitoring does not answer: ${fetchFailure(error)}`);
  }
}
