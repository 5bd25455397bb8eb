import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import { fetchFailure } from '../../fetch-failure.ts';
import { RequestError } from '../../request-error.ts';
import { printable } from './words.ts';

export interface Asked {
  conversation: string;
  agent?: string | undefined;
}

/** The relay gives the others two seconds, and Redis one. */
const REQUEST_LIMIT_MS = 15_000;

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'the admin token is wrong: is it that of this relay?',
  404: 'the relay has no admin routes: set ADMIN_TOKEN_NAME or ADMIN_TOKEN_PATH, or upgrade the relay',
  429: 'too many wrong admin tokens came from here: wait a minute',
};

/** What to do where the relay's own words do not say it. */
const MEANINGS: Readonly<Record<string, string>> = {
  'The conversation is not one of the project.':
    'the conversation is not one of the project of the relay, GCP_PROJECT_ID: is --relay the right one? Ask with the id alone for what the functions dropped',
};

/** @throws {RequestError} with what to do, when the relay cannot be reached or refuses. */
export async function askRelay(
  relay: string,
  token: string,
  asked: Asked,
  signal: AbortSignal,
): Promise<TraceReport> {
  const { response, text } = await send(relay, token, asked, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new RequestError(`${relay} cannot be reached (${fetchFailure(error)}): is --relay its address?`);
  });
  const report = response.ok ? reportIn(text) : undefined;
  if (report !== undefined) return report;
  const message = messageIn(text);
  const { origin, pathname } = new URL(relay);
  const why =
    response.status === 404 && pathname !== '/'
      ? `is ${pathname} part of the relay's address? The address of most is ${origin} alone`
      : (REMEDIES[response.status] ?? MEANINGS[message] ?? message);
  throw new RequestError(`${relay} answered HTTP ${response.status}: ${why}`, response.status);
}

/** Rejects like fetch, also where the answer is cut off. */
async function send(relay: string, token: string, asked: Asked, signal: AbortSignal) {
  const response = await fetch(`${relay}/admin/trace`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(asked),
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_LIMIT_MS)]),
  });
  return { response, text: await response.text() };
}

/** The answer of a relay; undefined for that of another server. */
function reportIn(text: string): TraceReport | undefined {
  try {
    const report: TraceReport = JSON.parse(text);
    return typeof report.log.top === 'number' && Array.isArray(report.reports) ? report : undefined;
  } catch {
    return undefined;
  }
}

function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text);
    if (typeof message === 'string') return printable(message);
  } catch {
    // Not the relay's own answer.
  }
  return 'is --relay the address of a relay?';
}
