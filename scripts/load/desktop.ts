import type { WebSocket } from 'ws';
import type { DeliveredEvent } from '../../shared/wire.ts';

/** A desktop of one agent: the real client of its protocol, which connects and joins again by itself. */
export interface Desktop {
  connect(): void;
  /** Joins a conversation, and again on each further connection until it is left. */
  join(conversation: string): void;
  leave(conversation: string): void;
  /** Ends the TCP connection without a word, as a broken network does. The client then connects again. */
  cut(): void;
  /** The same, and connects again without a pause. */
  cutAndReturn(): void;
  /** Stops or continues to read. What the relay sends then waits. */
  setReading(isReading: boolean): void;
  close(): void;
}

/** Told what happens to a desktop. No text has a token or what was said. */
export interface DesktopHandlers {
  /** The relay has accepted the token. */
  connected(): void;
  /** A connection that the relay had accepted has ended. */
  lost(reason: string): void;
  /** A join was acknowledged, the first or a further one. */
  joined(): void;
  event(event: DeliveredEvent): void;
  /** The relay refuses the token or a join, and would do so again. */
  refused(reason: string): void;
  /** Something failed, and the client tries again. */
  failed(reason: string): void;
}

export interface DesktopOptions {
  /** The relay's address, without a slash at its end. */
  url: string;
  token: string;
  handlers: DesktopHandlers;
}

/** What breaks the connection of a desktop. @param line The connection of the moment. */
export function lineFaults(line: () => WebSocket | undefined): Pick<Desktop, 'cut' | 'setReading'> {
  return {
    cut: () => line()?.terminate(),
    setReading(isReading) {
      if (isReading) line()?.resume();
      else line()?.pause();
    },
  };
}

/** Of a connection that broke without a close frame. */
const BROKEN = 1006;

/** Why a connection has ended, as reports count it. */
export function closeText(code: number, reason: string): string {
  return `${code} ${code === BROKEN && reason === '' ? 'the connection broke' : reason}`.trim();
}
