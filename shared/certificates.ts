import { X509Certificate } from 'node:crypto';

/** What a text of certificates holds: PEM as OpenSSL reads it, or what is wrong with the text. */
export type Certificates = { pem: string } | { fault: string };

const LABELS = new Set(['CERTIFICATE', 'X509 CERTIFICATE']);
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;
const BEGIN = /-----BEGIN /g;

/**
 * Reads certificates in PEM from an environment variable. Tools that cannot write line breaks into one write `\n`, put all
 * on one line, or leave the quotes of a shell or of JSON around it. OpenSSL reads none of these.
 */
export function readCertificates(text: string): Certificates {
  const lines = withLineBreaks(unquoted(text));
  const blocks = [...lines.matchAll(BLOCK)];
  const begun = lines.match(BEGIN)?.length ?? 0;
  if (begun === 0) return { fault: 'it has no BEGIN CERTIFICATE line' };
  if (blocks.length < begun)
    return { fault: 'an END CERTIFICATE line is missing or broken: it may be cut off' };
  const certificates: string[] = [];
  for (const [index, [, label = '', body = '']] of blocks.entries()) {
    if (!LABELS.has(label)) return { fault: `it holds ${label}, and may hold CERTIFICATE only` };
    const pem = pemOf(body);
    if (!isCertificate(pem)) return { fault: `its certificate ${index + 1} is damaged or incomplete` };
    certificates.push(pem);
  }
  return { pem: certificates.join('') };
}

function unquoted(text: string): string {
  const [, , inner = text] = /^\s*(["'])([\s\S]*)\1\s*$/.exec(text) ?? [];
  return inner;
}

function withLineBreaks(text: string): string {
  return text.replace(/(?:\\+r)?\\+n/g, '\n');
}

function pemOf(body: string): string {
  const lines = body.replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    return false;
  }
}
