import { readFileSync } from 'node:fs';
import type { CallEvent } from '../calls/call-event.ts';
import { parseRecording, type RecordingLimits } from '../calls/recording.ts';
import { UsageError } from '../cli/usage-error.ts';

const REMEDY = 'name a file that npm run simulate -- --record has written';

/** Why a file cannot be read, by Node's code. */
const FAULTS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read',
};

/**
 * Reads the file of `--replay`.
 *
 * @throws {UsageError} when it cannot be read. @throws {Error} for what is wrong in it. Both name the file and the remedy.
 */
export function readRecording(file: string, limits: RecordingLimits): CallEvent[] {
  const text = textOf(file);
  try {
    return parseRecording(text, limits);
  } catch (error) {
    throw new Error(`--replay ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function textOf(file: string): string {
  const bytes = read(file);
  if (bytes.length === 0) throw new Error(`--replay ${file}: it is empty: ${REMEDY}`);
  // What PowerShell writes with `>`.
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new Error(`--replay ${file}: it is UTF-16 text: save it as UTF-8`);
  // Editors on Windows may begin a file with a byte order mark.
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const fault = error instanceof Error && 'code' in error ? FAULTS[String(error.code)] : undefined;
    if (fault === undefined) throw error;
    throw new UsageError(`--replay ${file}: ${fault}: ${REMEDY}`);
  }
}
