import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../../relay/client/index.ts';
import type { DeliveredEvent } from '../../shared/wire.ts';
import { withPlaceholders } from '../calls/placeholders.ts';
import { RecordedNames } from '../calls/recorded-names.ts';
import { eventLine, headerLine } from '../calls/recording.ts';
import { EXIT } from '../cli/command.ts';
import { registerAt } from '../local/relay-client.ts';
import type { SimulateOptions } from './options.ts';
import { relayTarget } from './target.ts';

/** How long events may come after the end of the call, in milliseconds. */
const QUIET_MS = 3_000;
/** A recording ends by itself, in milliseconds. */
const LONGEST_MS = 2 * 60 * 60_000;
/** Only the owner reads what was said. */
const FILE_MODE = 0o600;

/** Writes the events of a call to a new file until it is finished, or until Ctrl-C. */
export async function recordCall(
  file: string,
  options: SimulateOptions,
  signal: AbortSignal,
): Promise<number> {
  const target = relayTarget(options, process.env);
  const withContent = options.withContent === true;
  const register = async () => (await registerAt(target.url, target.credential)).token;
  // A relay that refuses the credential is found out before a file is made.
  let first: string | undefined = await register();
  // Not over another file: a recording cannot be made again.
  const output = openSync(file, 'wx', FILE_MODE);
  const client = createClient({
    url: target.url,
    async getToken() {
      const token = first ?? (await register());
      first = undefined;
      return token;
    },
  });
  const finished = new AbortController();
  const names = new RecordedNames();
  const stop = AbortSignal.any([signal, finished.signal, AbortSignal.timeout(LONGEST_MS)]);
  let events = 0;
  let isWhole = true;
  try {
    writeSync(output, headerLine(withContent ? 'recorded' : 'placeholders'));
    client.on('event', (event) => {
      const recorded = names.toCallEvent(event);
      const data = withContent ? recorded.data : withPlaceholders(recorded.data);
      writeSync(output, eventLine({ ...recorded, data }));
      events += 1;
      if (endsCall(event)) finished.abort();
    });
    client.on('reset', () => {
      isWhole = false;
      console.error('a part of the call is missing: the relay no longer has it');
    });
    client.on('error', ({ code, message }) => {
      console.error(`${code}: ${message}`);
      if (code !== 'handler') return;
      isWhole = false;
      finished.abort();
    });
    client.connect();
    const joined = client.join(options.conversation ?? '').then(({ conversation }) => {
      console.log(`Recording ${conversation} until it is finished, or Ctrl-C …`);
      return ended(stop);
    });
    await Promise.race([joined, ended(stop)]);
    if (!signal.aborted) await sleep(QUIET_MS, undefined, { signal }).catch(() => {});
  } finally {
    client.close();
    closeSync(output);
  }
  console.log(`${events} events are in ${file}${withContent ? ', with what was said' : ''}`);
  if (signal.aborted) return EXIT.interrupted;
  return isWhole && events > 0 ? EXIT.ok : EXIT.failed;
}

function endsCall({ data_type: kind, data }: DeliveredEvent): boolean {
  return kind === 'conversation-lifecycle-event' && /"CONVERSATION_FINISHED"/.test(data);
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
