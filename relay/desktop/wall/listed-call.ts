import { isObject, numberAt, objectAt, objectsAt, textAt, timeAt } from '../events/json.ts';
import { FLAGS, type Flag } from './flags.ts';

const STAGES = ['VIRTUAL_AGENT', 'HUMAN_ASSIST', 'ENDED'] as const;
export type Stage = (typeof STAGES)[number] | 'UNKNOWN';

/** A call as `GET /conversations` lists it; docs/protocol.md has the fields. Times in milliseconds since 1970. */
export interface ListedCall {
  /** Without its location, which the relay may learn later than the call begins. */
  name: string;
  startTime: number;
  lastEventTime: number;
  stage: Stage;
  desktops: number;
  /** Of the customer, from -1 to 1; undefined where there is none. */
  score: number | undefined;
  /** Those that the relay has found, the gravest first. */
  flags: readonly Flag[];
}

export interface CallPage {
  calls: ListedCall[];
  /** `''` on the last page. */
  nextPageToken: string;
}

/** Reads an answer of the relay. What is not a call is left out. */
export function callPageOf(answer: unknown): CallPage {
  if (!isObject(answer)) return { calls: [], nextPageToken: '' };
  const calls = objectsAt(answer, 'conversations').flatMap((json): ListedCall[] => {
    const name = textAt(json, 'name').replace(/\/locations\/[^/]+/, '');
    const startTime = timeAt(json, 'startTime');
    if (name === '' || startTime === undefined) return [];
    const flags: unknown[] = Array.isArray(json.flags) ? json.flags : [];
    return [
      {
        name,
        startTime,
        lastEventTime: timeAt(json, 'lastEventTime') ?? startTime,
        stage: STAGES.find((stage) => stage === json.stage) ?? 'UNKNOWN',
        desktops: numberAt(json, 'desktops') ?? 0,
        score: numberAt(objectAt(json, 'sentiment'), 'score'),
        flags: FLAGS.filter((flag) => flags.includes(flag)),
      },
    ];
  });
  return { calls, nextPageToken: textAt(answer, 'nextPageToken') };
}

/** The last part of a conversation's name. */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Whether nothing that a tile shows has changed. */
export function isSameCall(one: ListedCall, other: ListedCall): boolean {
  return (
    one.name === other.name &&
    one.startTime === other.startTime &&
    one.lastEventTime === other.lastEventTime &&
    one.stage === other.stage &&
    one.desktops === other.desktops &&
    one.score === other.score &&
    one.flags.join() === other.flags.join()
  );
}
