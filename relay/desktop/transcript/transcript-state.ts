export const ROLES = ['HUMAN_AGENT', 'END_USER', 'AUTOMATED_AGENT', 'UNKNOWN'] as const;
export type Role = (typeof ROLES)[number];

/** Where a conversation is. `waiting`: no event has come yet. */
export type Lifecycle = 'waiting' | 'live' | 'needs-agent' | 'failed' | 'finished';

/** A piece of a message; an entity has a type, such as `date`, and a value, such as `2026-11-30`. */
export interface TextPart {
  text: string;
  entity?: string;
  value?: string;
}

interface Line {
  /** Stays the same from the first interim word to the final message, so that the line stays where it is. */
  key: string;
  /** By what lines are ordered, in milliseconds since 1970: when the line appeared first. */
  at: number;
  isReplayed: boolean;
}

/** What somebody says. */
export interface SpokenLine extends Line {
  is: 'spoken';
  role: Role;
  text: string;
  /** The text in pieces, where it has entities. */
  parts: readonly TextPart[];
  /** Name of Dialogflow's message; `''` while the words are interim. */
  name: string;
  /** From 0 to 1, how unlikely interim words are to change; 0 where Dialogflow does not say. */
  stability: number;
  isFinal: boolean;
  /** When it was said, in milliseconds since 1970. */
  time: number;
  /** From -1 to 1; undefined where the profile has no sentiment analysis. */
  sentiment: number | undefined;
}

/** Digits on the keypad. They may belong to a card or a secret, so only their number is kept. */
export interface KeypadLine extends Line {
  is: 'keypad';
  role: Role;
  digits: number;
  time: number;
}

export type Notice =
  | { is: 'started' | 'finished' | 'needs-agent' | 'joined' }
  | { is: 'failed'; detail: string }
  | { is: 'caught-up'; count: number; from: number; to: number }
  | { is: 'history-missing'; before: number };

export interface NoticeLine extends Line {
  is: 'notice';
  notice: Notice;
}

export type TranscriptLine = SpokenLine | KeypadLine | NoticeLine;

export interface TranscriptState {
  /** In the order of their times. */
  lines: readonly TranscriptLine[];
  lifecycle: Lifecycle;
  /** Who is heard but not understood yet. */
  speaking: readonly Role[];
  startedAt: number | undefined;
  finishedAt: number | undefined;
  /** What was spoken last, as a code of BCP 47; `''` where Dialogflow has not said. */
  languageCode: string;
  /** The next event is the first one that is still available. */
  isHistoryMissing: boolean;
  /** Ids of the events that were taken. */
  seen: ReadonlySet<string>;
}

export const EMPTY_TRANSCRIPT: TranscriptState = {
  lines: [],
  lifecycle: 'waiting',
  speaking: [],
  startedAt: undefined,
  finishedAt: undefined,
  languageCode: '',
  isHistoryMissing: false,
  seen: new Set(),
};
