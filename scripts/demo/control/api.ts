// What the page's drawer and the control server say to each other. Each request is a POST with a JSON body.
import type { EventKind } from '../../../shared/event.ts';

/** What goes wrong once, when it is asked for. One at a time. */
export const FAULTS = ['cut', 'relay', 'redis', 'token'] as const;
export type FaultName = (typeof FAULTS)[number];

/** How many times as fast as people speak a call may be played. */
export const SPEEDS = [0.5, 1, 2, 4, 8] as const;

/** Where the script of the drawer is, and where its requests go. */
export const PATHS = {
  script: '/drawer.js',
  /** {@link StateRequest}, answered by {@link DemoState}. */
  state: '/state',
  /** {@link Settings}, answered by an empty object. */
  settings: '/settings',
  /** `{ scenario: string | null }`: the current call ends, and one of this scenario begins; null for all in turn. */
  play: '/play',
  /** `{ fault: FaultName }`. Answered at once; 409 while another one is under way. */
  fault: '/fault',
} as const;

export interface StateRequest {
  /** Names of the open calls, without their locations. */
  conversations: string[];
  /** `sequence` of the last answer; 0 for all. */
  after: number;
}

/** What changes, and stays so. */
export interface Settings {
  speed?: number | undefined;
  isPaused?: boolean | undefined;
  /** Whether Pub/Sub delivers some events twice. */
  duplicates?: boolean | undefined;
  /** Whether Pub/Sub delivers some events late, after others. */
  reorder?: boolean | undefined;
}

export interface DemoState extends Required<Settings> {
  /** The clock of the demo, in milliseconds since 1970, which the times below are of. */
  now: number;
  scenarios: ScenarioName[];
  /** The scenario that was chosen; null for all in turn. */
  scenario: string | null;
  /** Title of the call that is played; null between two calls. */
  playing: string | null;
  fault: FaultState | null;
  /** The fault that ended last. */
  lastFault: EndedFault | null;
  /** The faults that the demo can bring about: it cannot stop a Redis of the user's own. */
  faults: FaultName[];
  /** Grows with each change of an event. */
  sequence: number;
  /** The events of the asked conversations that are new or have changed after `after`. */
  events: PublishedEvent[];
}

export interface ScenarioName {
  name: string;
  title: string;
}

/** A fault that is under way. */
export interface FaultState {
  name: FaultName;
  /** When it ends, or when the token does, where that is known beforehand. */
  until: number | null;
}

export interface EndedFault {
  name: FaultName;
  /** False when it did not end as it should: nobody has renewed the token, or a process has not started. */
  isOver: boolean;
}

/** An event that the demo has published, without its content. Times in milliseconds since 1970. */
export interface PublishedEvent {
  /** Without location. */
  conversation: string;
  kind: EventKind;
  messageId: string;
  /** Dialogflow's id of the message that an interim transcript belongs to, or that a message is; null without one. */
  utterance: string | null;
  /** When it happened. */
  at: number;
  /** When a function has acknowledged it; null until then. */
  takenAt: number | null;
  /** Whether a fault was under way between the two. */
  isInFault: boolean;
}
