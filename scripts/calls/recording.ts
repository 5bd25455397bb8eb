// The file of a recorded call: lines of JSON, first a header, then an event each. docs/simulator.md describes it.
import { EVENT_KINDS, EVENT_MAX_BYTES } from '../../shared/event.ts';
import { type CallData, type CallEvent, placeEvent } from './call-event.ts';

export const RECORDING_FORMAT = 'agent-assist-relay-call';
export const RECORDING_VERSION = 1;

export interface RecordingHeader {
  format: typeof RECORDING_FORMAT;
  version: typeof RECORDING_VERSION;
  /** Whether the texts are those of the call. */
  content: 'recorded' | 'placeholders';
}

/** Longest pause that is played, in milliseconds: a call that was put on hold goes on. */
const LONGEST_PAUSE_MS = 60_000;

export function headerLine(content: RecordingHeader['content']): string {
  const header: RecordingHeader = { format: RECORDING_FORMAT, version: RECORDING_VERSION, content };
  return `${JSON.stringify(header)}\n`;
}

export function eventLine({ atMs, kind, attributes, data }: CallEvent): string {
  return `${JSON.stringify({ atMs, kind, attributes, data })}\n`;
}

export interface RecordingLimits {
  /** Of the payload of a message. A function drops a larger one, which would count as lost. */
  maxBytes: number;
}

/**
 * The events of a recording, in the order of their times.
 *
 * @throws {Error} with the number of the line that is wrong, and nothing of what it says.
 */
export function parseRecording(
  text: string,
  limits: RecordingLimits = { maxBytes: EVENT_MAX_BYTES },
): CallEvent[] {
  const [first = '', ...lines] = text.split('\n');
  const header = parseLine(first, 1) as Partial<RecordingHeader>;
  if (header.format !== RECORDING_FORMAT) throw new Error('the recording is no recording of a call');
  if (header.version !== RECORDING_VERSION)
    throw new Error(
      `the recording has version ${String(header.version)}, of which this program knows nothing`,
    );
  const events = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const event = parseEvent(line, index + 2);
    requireSize(event, index + 2, limits);
    return [event];
  });
  if (events.length === 0) throw new Error('the recording has no events');
  return withoutLongPauses(events.toSorted((a, b) => a.atMs - b.atMs));
}

/** Names of a usual length take the places of the placeholders. */
const SAMPLE_PLACE = {
  location: 'projects/demo-project/locations/global',
  conversationId: 'simulated-00000000-1',
  startedAt: new Date(0),
  speed: 1,
};

function requireSize(event: CallEvent, number: number, { maxBytes }: RecordingLimits): void {
  const bytes = Buffer.byteLength(JSON.stringify(placeEvent(event, SAMPLE_PLACE).data));
  if (bytes <= maxBytes) return;
  throw new Error(
    `line ${number}: the event has ${bytes} bytes, and the functions drop what has more than EVENT_MAX_BYTES, ${maxBytes}: ` +
      'take the line out; or, with --relay, set EVENT_MAX_BYTES to what the functions have',
  );
}

function parseEvent(line: string, number: number): CallEvent {
  const { atMs, kind: named, attributes = {}, data } = parseLine(line, number);
  const kind = EVENT_KINDS.find((each) => each === named);
  if (typeof atMs !== 'number' || !Number.isFinite(atMs))
    throw new Error(`line ${number}: atMs is no number`);
  if (kind === undefined) throw new Error(`line ${number}: kind is none of ${EVENT_KINDS.join(', ')}`);
  if (!isObject(attributes) || !Object.values(attributes).every((value) => typeof value === 'string'))
    throw new Error(`line ${number}: attributes are not texts`);
  // Whatever a file says, nothing is published about a conversation that is not the simulator's own.
  if (!isObject(data) || data.conversation !== '{{conversation}}')
    throw new Error(`line ${number}: data.conversation is not {{conversation}}`);
  return {
    atMs,
    kind,
    attributes: attributes as Record<string, string>,
    data: data as unknown as CallData,
  };
}

function parseLine(line: string, number: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The parser's own error quotes the line, which may be what a customer said.
    throw new Error(`line ${number}: not JSON`);
  }
  if (!isObject(value)) throw new Error(`line ${number}: not a JSON object`);
  return value;
}

function withoutLongPauses(events: readonly CallEvent[]): CallEvent[] {
  let cut = 0;
  return events.map((event, index) => {
    const pause = event.atMs - (events[index - 1]?.atMs ?? event.atMs);
    cut += Math.max(0, pause - LONGEST_PAUSE_MS);
    return { ...event, atMs: event.atMs - cut };
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
