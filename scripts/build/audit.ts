// `npm audit` of what is deployed, as a part of `npm run check`: known vulnerabilities of high severity or above fail
// it. Where the registry does not answer, it says that it was not run, and fails nothing.
import { execFile } from 'node:child_process';
import * as v from 'valibot';

const LIMIT_MS = 30_000;
const FAILING = ['high', 'critical'];

/** What npm writes with `--json`, as far as it is read. Source: npm's documentation, `npm audit`, "Audit report". */
const report = v.object({
  vulnerabilities: v.record(
    v.string(),
    v.object({
      severity: v.string(),
      // Advisories, or the names of packages that bring them along.
      via: v.array(v.union([v.string(), v.object({ title: v.string(), url: v.string() })])),
    }),
  ),
});

/** Why there is no report: what npm says, in one line. */
const failure = v.object({ message: v.string() });

interface Finding {
  isFailed: boolean;
  lines: string[];
}

/** @param output what npm has written to standard output. */
function judgeAudit(output: string): Finding {
  const value = jsonIn(output);
  const parsed = v.safeParse(report, value);
  if (!parsed.success) {
    const told = v.safeParse(failure, value);
    const reason = told.success ? told.output.message.split('\n')[0] : 'npm gave no report';
    return { isFailed: false, lines: [`npm audit was not run: ${reason}`] };
  }
  const grave = Object.entries(parsed.output.vulnerabilities).filter(([, { severity }]) =>
    FAILING.includes(severity),
  );
  if (grave.length === 0) {
    return { isFailed: false, lines: ['npm audit: nothing known of high severity in what is deployed'] };
  }
  return {
    isFailed: true,
    lines: [
      'npm audit: known vulnerabilities in what is deployed; npm audit --omit=dev says what mends them',
      ...grave.map(([name, { severity, via }]) => `  ${name} (${severity}): ${via.map(reasonOf).join('; ')}`),
    ],
  };
}

const reasonOf = (cause: string | { title: string; url: string }) =>
  typeof cause === 'string' ? `through ${cause}` : `${cause.title}, ${cause.url}`;

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What npm writes; nothing where it cannot be started or takes too long. */
function askNpm(): Promise<string> {
  const argv = ['audit', '--omit=dev', '--json', '--fetch-retries=0'];
  const options = {
    shell: process.platform === 'win32',
    // Not `timeout`, whose timer goes on, and the process with it, where npm cannot be started.
    signal: AbortSignal.timeout(LIMIT_MS),
    maxBuffer: Number.POSITIVE_INFINITY,
  };
  return new Promise((resolve) => {
    execFile('npm', argv, options, (_error, stdout) => resolve(stdout));
  });
}

const { isFailed, lines } = judgeAudit(await askNpm());
for (const line of lines) console.log(line);
process.exitCode = isFailed ? 1 : 0;
