import { SAMPLE_PROJECT } from '../shared/sample-events.ts';

export const PROJECT = SAMPLE_PROJECT.id;
export const CONVERSATION = `projects/${PROJECT}/conversations/scanned`;

/** What must not be found in any output, marked so that it can be. */
export const SECRETS = {
  transcript: 'marked-words-of-a-customer',
  malformed: 'marked-words-in-malformed-data',
  signingKey: 'marked-signing-key-of-more-than-32-bytes',
  redisPassword: 'marked-password-of-redis',
  phone: '15550009876',
  integrationKey: 'marked-integration-key',
  provider: 'marked-token-of-the-provider',
  forged: 'marked.forged.token',
  query: 'marked-token-in-a-query',
  user: 'marked-user-of-a-desktop',
  summary: 'marked-answer-of-dialogflow',
  credential: 'marked-credential-nobody-reads',
  frame: 'marked-words-in-a-frame',
  origin: 'marked-origin',
};

/**
 * Each text that must not be found, by what it is. Content is also looked for as Pub/Sub carries it.
 *
 * @param token one of the relay's.
 */
export function markedTexts(token: string): [what: string, text: string][] {
  const [, payload = '', signature = ''] = token.split('.');
  const encoded = Object.entries(SECRETS).flatMap(([what, text]) =>
    [0, 1, 2].map((shift): [string, string] => [
      `${what} in base64`,
      // The first and last characters of an encoding depend on what stands around the text.
      Buffer.from(`${' '.repeat(shift)}${text}`)
        .toString('base64')
        .slice(4, -4),
    ]),
  );
  return [...Object.entries(SECRETS), ...encoded, ['payload of a token', payload], ['signature', signature]];
}
