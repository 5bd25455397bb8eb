import { readdirSync, readFileSync } from 'node:fs';
import type { EventKind } from '../../shared/event.ts';
import type { PubsubMessage } from '../../shared/pubsub-message.ts';

export const SAMPLE_PROJECT = { id: 'brightwater-cc', number: '418820394417' };

/** One message of a sample file. */
export interface SampleDelivery {
  file: string;
  kind: EventKind;
  /** The published text; deliberately not as JSON.stringify would write it, to notice if somebody writes it again. */
  text: string;
  /** As it stands in the file; `undefined` where the payload is no JSON. */
  payload: Record<string, unknown> | undefined;
  attributes: Record<string, string> | undefined;
  pubsub: Record<string, string>;
  message: PubsubMessage;
}

interface SampleFile {
  kind: EventKind;
  deliveries?: Partial<SampleFile>[];
  data?: Record<string, unknown>;
  rawData?: string;
  attributes?: Record<string, string>;
  pubsub: Record<string, string>;
}

const FOLDER = new URL('../samples/', import.meta.url);

/** Every message of `test/samples/FOLDER`, in order of file names. */
export function sampleDeliveries(folder: 'events' | 'odd'): SampleDelivery[] {
  return readdirSync(new URL(`${folder}/`, FOLDER))
    .sort()
    .flatMap((file) => deliveriesOf(file, readSample(`${folder}/${file}`)));
}

/** The only message of one sample, e.g. `events/message-end-user.json`. */
export function sampleDelivery(path: string): SampleDelivery {
  const [first, ...more] = deliveriesOf(path, readSample(path));
  if (first === undefined || more.length > 0) throw new Error(`${path} does not hold one message`);
  return first;
}

const readSample = (path: string) => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')) as SampleFile;

function deliveriesOf(file: string, sample: SampleFile): SampleDelivery[] {
  return (sample.deliveries ?? [sample]).map((delivery) => {
    const { kind, data: payload, rawData, attributes, pubsub } = { ...sample, ...delivery };
    const text = payload === undefined ? (rawData ?? '') : ` ${JSON.stringify(payload, null, 1)}\n`;
    const bytes = Buffer.from(text, payload === undefined ? 'latin1' : 'utf8');
    const message = { data: bytes.toString('base64'), ...(attributes ? { attributes } : {}), ...pubsub };
    return { file, kind, text, payload, attributes, pubsub, message };
  });
}
