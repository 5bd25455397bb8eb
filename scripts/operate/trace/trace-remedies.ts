// What to do about each refusal, by the audit's own words.
import type { RefusalReport } from '../../../relay/trace/relay-report.ts';

const REGISTER = 'the desktop has to register again and show its new token';

const REMEDIES: readonly [outcome: RegExp, remedy: string][] = [
  [
    /^access to the conversation is denied/,
    "see what the token's list of conversations or your authorizer says of the agent",
  ],
  [/^access was revoked/, `an administrator revoked it; ${REGISTER} where the agent may come back`],
  [/^access cannot be checked/, 'your authorizer does not answer: look at its log, and at AUTHORIZER_URL'],
  [/expired/i, REGISTER],
  [/^the location is not allowed/, 'add the location to ALLOWED_LOCATIONS, and deploy'],
  [/belongs to another project/, "join with a name of the relay's own project, GCP_PROJECT_ID"],
  [/^expected projects\//, 'join with the whole name of the conversation, as Dialogflow gives it'],
  [
    /^the pid belongs to another subject/,
    'nothing: another agent has signed in on that page, which starts at the beginning',
  ],
  [/^a supervisor may only read/, "nothing, or change the agent's role at your provider or authorizer"],
  [/^CORS_ALLOWED_ORIGINS/, 'add the origin to CORS_ALLOWED_ORIGINS as the browser writes it, and deploy'],
  [/revoked/i, `the token was revoked; ${REGISTER}`],
];

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
