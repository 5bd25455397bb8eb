// What to do about each refusal, by its outcome: the audit's own words, or what the client was told.
import type { RefusalReport } from '../../../relay/trace/relay-report.ts';

const REGISTER = 'the desktop has to register again and show its new token';

const REMEDIES: readonly [outcome: RegExp, remedy: string][] = [
  [
    /^access to the conversation is denied/,
    "see what the token's list of conversations or your authorizer says of the agent",
  ],
  [/^access was revoked/, `an administrator revoked it; ${REGISTER} where the agent may come back`],
  [
    /^access cannot be checked/,
    'your authorizer does not answer: look at its log, and at AUTHORIZER_URL; desktops that have joined stay',
  ],
  [
    /expired/i,
    `${REGISTER}. Where a new token is refused at once, the clocks of two relays differ: see clocks`,
  ],
  [
    /^(unknown-key|Failed to parse your token)/,
    `${REGISTER}: its key was rotated away. Where that does not help, give all relays the same key: npm run doctor`,
  ],
  [
    /^(other-project|The target project)/,
    `the token is of a relay with another GCP_PROJECT_ID: see which address the desktop uses, then ${REGISTER}`,
  ],
  [
    /^HTTP 429$/,
    "Dialogflow's quota is used up: ask for more at console.cloud.google.com/iam-admin/quotas, and set ANALYZE_CONTENT_PER_MINUTE to it",
  ],
  [/^HTTP 403$/, 'give the account of the relay roles/dialogflow.agentAssistClient: npm run doctor'],
  [/^HTTP 404$/, 'Dialogflow knows no such conversation: see the location in the name that the desktop uses'],
  [/^HTTP 5/, 'Dialogflow does not answer: status.cloud.google.com, and the log of the relay'],
  [/^HTTP 4/, 'Dialogflow refuses the request as it is: see the console of the desktop'],
  [/^the location is not allowed/, 'add the location to ALLOWED_LOCATIONS, and deploy'],
  [/belongs to another project/, "join with a name of the relay's own project, GCP_PROJECT_ID"],
  [/^expected projects\//, 'join with the whole name of the conversation, as Dialogflow gives it'],
  [
    /^the pid belongs to another subject/,
    'nothing: another agent has signed in on that page, which starts at the beginning',
  ],
  [/^a supervisor may only read/, "nothing, or change the agent's role at your provider or authorizer"],
  [
    /^the conversation cannot be read/,
    'see the finding on Redis, and the log of the relay: desktops try again',
  ],
  [/^missing$|^Token is missing/, 'let the desktop register, and show its token when it connects'],
  [/^malformed$/, 'give io() an object with the token as text: auth: { token }'],
  [/^other-subject$/, 'let the page open a new connection when another agent signs in'],
  [
    /^no-(project|expiry)$|in your token is missing/,
    `another program has made the token: ${REGISTER}, at this relay`,
  ],
  [/^CORS_ALLOWED_ORIGINS/, 'add the origin to CORS_ALLOWED_ORIGINS as the browser writes it, and deploy'],
  [/revoked/i, `the token was revoked; ${REGISTER}`],
];

/** The codes that sockets have in the audit for a token, in words. */
const WORDS: Readonly<Record<string, string>> = {
  'unknown-key': 'the relay does not have the key of the token',
  unparsable: 'the token is malformed, or its signature is wrong',
  expired: 'the token has expired',
  revoked: 'the token was revoked',
  missing: 'there was no token',
  'no-project': 'the token names no project',
  'other-project': 'the token is of another project',
  'no-expiry': 'the token has no expiry',
  malformed: 'auth is no object, or its token is no text',
  'other-subject': 'the token is of another agent than that of the connection',
};

/** The reason of a refusal, to read. */
export function inWords(outcome: string): string {
  return WORDS[outcome] ?? outcome;
}

/** What to do about a refusal. */
export function remedyFor({ refused, outcome, sub, reason = '' }: RefusalReport): string {
  const known = REMEDIES.find(([pattern]) => pattern.test(outcome))?.[1];
  if (known !== undefined) return known;
  const isOfToken = reason === '' || reason.startsWith('token-');
  if (isOfToken && (refused === 'connect' || refused === 'request'))
    return `the token was not signed by this service: ${REGISTER}`;
  if (refused === 'register') return 'look at AUTH_OPTION and the log of the relay, which has the reason';
  if (reason !== '') return `look up ${reason} in docs/operations.md`;
  return sub === '' ? 'look at the audit log' : `look at the audit log: jsonPayload.sub="${sub}"`;
}
