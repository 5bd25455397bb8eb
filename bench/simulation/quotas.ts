// What Google Cloud permits before anybody asks for more, with the page that says so.
import { readFileSync } from 'node:fs';

export interface Quota {
  what: string;
  limit: number;
  raisable: boolean;
  page: string;
  /** YYYY-MM-DD */
  read: string;
  /** Whether the page itself was read, or only a quotation of it. */
  certain: boolean;
}

const { quotas }: { quotas: Readonly<Record<string, Quota>> } = JSON.parse(
  readFileSync(new URL('quotas.json', import.meta.url), 'utf8'),
);

export const QUOTAS = quotas;

/** @throws {Error} for a quota that the file lacks. */
export function limitOf(name: string): number {
  const quota = quotas[name];
  if (quota === undefined) throw new Error(`quotas.json has no ${name}`);
  return quota.limit;
}
