// ioredis's texts of its own errors, and what they mean to an operator. Source: ioredis 6.0.0.
const MEANINGS: readonly [text: RegExp, meaning: string][] = [
  [
    /^(Connection is closed\.|Stream isn't writeable .*|Cluster isn't ready .*|Cluster is disconnect(ed|ing)\.|Node is disconnected)$/,
    'there is no connection to Redis',
  ],
  [/^Reached the max retries per request limit .*$/, 'no new connection to Redis could be made at once'],
  [/^Command timed out$/, 'Redis has not answered in time'],
  [/^Socket timeout\. .*$/, 'Redis has not answered in time, and its connection was given up'],
  [/^connect ETIMEDOUT$/, 'Redis has not taken a connection in time'],
  [/^Command aborted due to connection close$/, 'the connection to Redis broke before an answer came'],
  [
    /^(Failed to refresh slots cache\.|None of startup nodes is available)$/,
    'no node of the Redis cluster can be reached',
  ],
];
const REDIRECTIONS = /^Too many Cluster redirections\. Last error: (?:\w*Error: )?(.*)$/s;

/** The text of an error, in words about Redis where it is one of ioredis's own. Redis's replies and all others stay. */
export function redisErrorText(text: string): string {
  const [, last] = REDIRECTIONS.exec(text) ?? [];
  if (last !== undefined) return `the Redis cluster did not take a command: ${redisErrorText(last)}`;
  return MEANINGS.find(([known]) => known.test(text))?.[1] ?? text;
}
