import { isIP } from 'node:net';

const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*\\.?$`);

/**
 * What keeps a text from being the host of Redis, or nothing. Several hosts stand in a list with commas, each with a port
 * of its own or without. What is wrong does not repeat the text: a URL may hold the password.
 */
export function redisHostFault(text: string): string | undefined {
  const entries = text.split(',');
  if (entries.length === 1 && isHostWithPort(text)) return 'it has a port: put the port into REDISPORT';
  for (const entry of entries) {
    const [, host = entry] = (entries.length > 1 && /^\s*(.*?)(?::\d+)?\s*$/.exec(entry)) || [];
    const fault = hostFault(isIP(entry.trim()) && entries.length > 1 ? entry.trim() : host);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function hostFault(host: string): string | undefined {
  if (isIP(host) !== 0 || HOST_NAME.test(host)) return undefined;
  if (host === '') return 'an entry of its list is empty';
  if (/^\s*[a-z][a-z0-9+.-]*:\/\//i.test(host))
    return 'it is a URL: leave out the scheme, the user, the port and the path';
  if (/\s/.test(host)) return 'it has a space or a line break';
  if (/[/@]/.test(host)) return 'it has a user or a path';
  if (host.startsWith('[')) return 'write an IPv6 address without brackets';
  return 'it is not a host name or an address';
}

function isHostWithPort(text: string): boolean {
  const [, host = ''] = /^\[?([^[\]]*)\]?:\d+$/.exec(text) ?? [];
  return isIP(text) === 0 && (isIP(host) !== 0 || HOST_NAME.test(host));
}
