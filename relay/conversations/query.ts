import { HttpError } from '../http/errors.ts';
import type { Thresholds } from './call-summary.ts';
import { fromPageToken, type PageToken } from './conversation-list.ts';

/** What a request for a page of the list asks. */
export interface ListQuery extends Thresholds {
  pageSize: number;
  /** Undefined for the first page. */
  after: PageToken | undefined;
}

const DAY_SECONDS = 24 * 60 * 60;
const PAGE_SIZE = 100;
const LONG_CALL_SECONDS = 900;
const SILENCE_SECONDS = 60;

/** @throws {HttpError} that names the parameter and what it takes. Parameters that are not known are passed over. */
export function listQuery(given: unknown, { pageMax }: { pageMax: number }): ListQuery {
  const query = new Map(typeof given === 'object' && given !== null ? Object.entries(given) : []);
  const wholeNumber = (name: string, max: number, fallback: number) => {
    const value: unknown = query.get(name) ?? String(fallback);
    const isNumber = typeof value === 'string' && /^\d{1,9}$/.test(value);
    if (isNumber && Number(value) >= 1 && Number(value) <= max) return Number(value);
    throw new HttpError(400, `${name} must be a whole number from 1 to ${max}.`);
  };
  return {
    pageSize: wholeNumber('pageSize', pageMax, PAGE_SIZE),
    after: pageToken(query.get('pageToken')),
    longCallSeconds: wholeNumber('longCallSeconds', DAY_SECONDS, LONG_CALL_SECONDS),
    silenceSeconds: wholeNumber('silenceSeconds', DAY_SECONDS, SILENCE_SECONDS),
  };
}

function pageToken(given: unknown): PageToken | undefined {
  if (given === undefined || given === '') return undefined;
  const token = typeof given === 'string' ? fromPageToken(given) : undefined;
  if (token === undefined)
    throw new HttpError(400, 'pageToken must be the nextPageToken of an earlier answer.');
  return token;
}
