import { createSecureContext } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCertificates } from '../../shared/certificates.ts';
import { CA_PEM } from '../helpers/certificate.ts';

const ESCAPED = CA_PEM.replaceAll('\n', '\\n');
const ONE_LINE = CA_PEM.replaceAll('\n', ' ');

/** Each way in which tools write a certificate into a variable. */
const READ: Record<string, [text: string, count?: number]> = {
  'as it is': [CA_PEM],
  'without a line break at the end': [CA_PEM.trim()],
  'with the line breaks of Windows': [CA_PEM.replaceAll('\n', '\r\n')],
  'with \\n for line breaks': [ESCAPED],
  'with \\r\\n for line breaks': [CA_PEM.replaceAll('\n', '\\r\\n')],
  'with \\\\n for line breaks, escaped twice': [CA_PEM.replaceAll('\n', '\\\\n')],
  'on one line with spaces': [ONE_LINE],
  'on one line without spaces': [CA_PEM.replaceAll('\n', '')],
  'in double quotes': [`"${CA_PEM}"`],
  'in single quotes': [`'${CA_PEM}'\n`],
  'in double quotes, with \\n': [`"${ESCAPED}"`],
  'with spaces in front of every line': [CA_PEM.replaceAll('\n', '\n    ')],
  'behind a byte order mark and a comment': [`\ufeff# Redis\n${CA_PEM}`],
  'labelled as X509': [CA_PEM.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')],
  'two of them': [`${CA_PEM}\n${CA_PEM}`, 2],
  'two of them on one line': [`${ONE_LINE}${ONE_LINE}`, 2],
};

for (const [what, [text, count = 1]] of Object.entries(READ)) {
  test(`certificates are read: ${what}`, () => {
    const read = readCertificates(text);
    assert.equal(read, { pem: CA_PEM.repeat(count) });
    createSecureContext({ ca: 'pem' in read ? read.pem : '' });
  });
}

const BODY = CA_PEM.split('\n').slice(1, -2).join('\n');
const REFUSED: Record<string, [text: string, fault: RegExp]> = {
  'a path': ['/etc/ssl/ca.pem', /no BEGIN CERTIFICATE line/],
  'the base64 alone': [BODY, /no BEGIN CERTIFICATE line/],
  'a space': [' ', /no BEGIN CERTIFICATE line/],
  'the beginning of one': [CA_PEM.slice(0, 300), /cut off/],
  'one without its last dash': [CA_PEM.trim().slice(0, -1), /cut off/],
  'a whole one and a part of one': [CA_PEM + CA_PEM.slice(0, 300), /cut off/],
  'one without a line in the middle': [CA_PEM.replace(/\n.{64}\n/, '\n'), /certificate 1 is damaged/],
  'one with another character': [CA_PEM.replace('MII', 'M*I'), /certificate 1 is damaged/],
  'one that is empty': ['-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----', /certificate 1 is damaged/],
  'a good one and a damaged one': [CA_PEM + CA_PEM.replace('MII', 'MIJ'), /certificate 2 is damaged/],
  'a private key': [
    '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----',
    /holds PRIVATE KEY, and may hold CERTIFICATE only/,
  ],
  'a certificate and a private key': [
    `${CA_PEM}-----BEGIN EC PRIVATE KEY-----\nMII\n-----END EC PRIVATE KEY-----`,
    /holds EC PRIVATE KEY/,
  ],
};

for (const [what, [text, fault]] of Object.entries(REFUSED)) {
  test(`refused as certificates: ${what}`, () => {
    const read = readCertificates(text);
    assert.ok('fault' in read);
    assert.match(read.fault, fault);
  });
}

test.run();
