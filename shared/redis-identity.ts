import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * Whether a certificate that `REDIS_TLS_CA` has signed is made out for this host: undefined, or the error with which Node
 * ends the connection.
 *
 * Memorystore is reached by its IP address. Node looks for an address among the subject alternative names only, and of
 * Memorystore's certificates it is reported that the address is their common name (envoyproxy/ratelimit, pull request 409).
 * Google's pages do not say. So the common name counts where the certificate names no address otherwise. It is safe,
 * because the authority signs for one instance alone (Memorystore for Redis, "About in-transit encryption", "Certificate
 * Authority").
 */
export function checkRedisIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const error = checkServerIdentity(host, certificate);
  if (error === undefined || isIP(host) === 0) return error;
  const namesAddresses = /(?:^|, )IP Address:/.test(certificate.subjectaltname ?? '');
  const { CN } = certificate.subject ?? {};
  const commonNames: readonly string[] = Array.isArray(CN) ? CN : [CN ?? ''];
  return !namesAddresses && commonNames.includes(host) ? undefined : error;
}
