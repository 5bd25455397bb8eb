// What was measured and the model uses. `node bench/simulation/measure.ts` writes the file.
import { readFileSync } from 'node:fs';

/** Times are processor time in microseconds. Bytes of Redis are growth of `used_memory`. */
export interface MeasuredCosts {
  /** When, as YYYY-MM-DD, where and how. */
  date: string;
  machine: string;
  state: string;
  redis: {
    /** For one event, with the network: append, publication and the answers. */
    interimMicros: number;
    messageMicros: number;
    suggestionMicros: number;
    /** For one small command, such as a trial or a note of a join. */
    commandMicros: number;
    /** For one subscriber that gets one event. */
    receiverMicros: number;
    /** Of a conversation with its start, end and one message. */
    conversationBytes: number;
    /** Of each further utterance, and of each suggestion. */
    messageBytes: number;
    suggestionBytes: number;
    /** Of the ids of 3,000 interim transcripts, which live for ten minutes. */
    interimIdsBytes: number;
    /** Of a call of 120 messages and 60 suggestions without its log: what stays for a day after the log. */
    remainderBytes: number;
    /** Of what a desktop's join leaves under its token, its page and its place. */
    joinBytes: number;
    /** Of a client's connection. */
    connectionBytes: number;
  };
  /** Of one process of a function, with HTTP. */
  function: { eventMicros: number };
  /** Of one relay. */
  relay: {
    /** A desktop connects with Socket.IO and joins a conversation. */
    joinMicros: number;
    /** It gets an event. */
    deliveryMicros: number;
    /** What it does without desktops, each second. */
    idleMicrosPerSecond: number;
    /** Of a desktop that has joined. */
    desktopBytes: number;
  };
}

const FILE = new URL('measured.json', import.meta.url);

export function measuredCosts(): MeasuredCosts {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}
