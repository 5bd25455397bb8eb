// `npm run trace`: one conversation from its events to its desktops, and why a desktop shows nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import { EXIT, runCommand } from '../../cli/command.ts';
import { interruption } from '../../cli/interruption.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { RequestError } from '../../request-error.ts';
import { type Finding, findingText } from '../doctor/finding.ts';
import { adminTokenOf } from './admin-token.ts';
import { askRelay } from './ask-relay.ts';
import { lookAtGoogle } from './look-at-google.ts';
import { declared } from './options.ts';
import { desktopTable, eventTable, newEventLines } from './tables.ts';
import { judge, lastLine } from './verdict.ts';

const LOOPBACK = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/;

await runCommand(declared, async (options, conversation) => {
  const { relay, agent, follow, json, settings } = options;
  const { hostname, protocol } = new URL(relay);
  if (protocol !== 'https:' && !LOOPBACK.test(hostname))
    throw new UsageError(
      '--relay: a relay on another machine needs https, so that nobody reads the admin token',
    );
  const token = adminTokenOf(options, process.env);
  const signal = interruption();
  const asked = { conversation, ...(agent === undefined ? {} : { agent }) };

  try {
    const report = await askRelay(relay, token, asked, signal);
    const google = options.deadLetters
      ? await lookAtGoogle(report.conversation, settings, signal)
      : undefined;
    const findings = judge(report, google?.letters, google);
    if (json) printJson({ ...report, deadLetters: google?.letters, findings });
    else printWhole(report, findings);
    const last = follow ? await followOn(report, findings.map(findingText)) : findings;
    if (signal.aborted) return EXIT.interrupted;
    return last.some(({ state }) => state === 'fault') ? EXIT.failed : EXIT.ok;
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    throw error;
  }

  /** Prints what is new until the signal. */
  async function followOn(first: TraceReport, shown: string[]): Promise<ReturnType<typeof judge>> {
    let before = first;
    let lines = shown.filter((line) => !line.includes(' dead letters: '));
    let isAway = false;
    for (;;) {
      await sleep(options.every * 1_000, undefined, { signal });
      const report = await askRelay(relay, token, asked, signal).catch((error: unknown) => {
        // A relay that is replaced is away for a moment, and the incident goes on.
        if (!(error instanceof RequestError) || !error.isTemporary) throw error;
        if (!isAway) console.error(`trace: ${error.message} It is asked again until Ctrl-C.`);
        isAway = true;
      });
      if (report === undefined) continue;
      if (isAway) console.error(`trace: ${relay} answers again`);
      isAway = false;
      const findings = judge(report);
      const now = findings.map(findingText);
      if (json) printJson({ ...report, findings });
      else
        printNew(
          report,
          before,
          now.filter((line) => !isSaid(line, lines)),
        );
      before = report;
      lines = now;
    }
  }

  function printJson(value: object): void {
    console.log(withoutControls(follow ? JSON.stringify(value) : JSON.stringify(value, null, 2)));
  }
});

function printWhole(report: TraceReport, findings: readonly Finding[]): void {
  const verdict = [...findings.map(findingText), lastLine(findings)].join('\n');
  const parts = [report.conversation, eventTable(report), desktopTable(report), verdict];
  console.log(parts.filter((part) => part !== '').join('\n\n'));
}

function printNew(report: TraceReport, before: TraceReport, findings: readonly string[]): void {
  const after = report.log.epoch === before.log.epoch ? before.log.top : 0;
  for (const line of [...newEventLines(report, after), ...findings]) console.log(line);
}

/** JSON in which no client of a relay can move the cursor: it may have sent control characters in its origin. */
function withoutControls(json: string): string {
  return json.replace(/[\u007f-\u009f]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);
}

/** Whether a line says nothing new: only its figures differ. */
function isSaid(line: string, lines: readonly string[]): boolean {
  const plain = (text: string) => text.replace(/\d+/g, '0');
  return lines.some((each) => plain(each) === plain(line));
}
