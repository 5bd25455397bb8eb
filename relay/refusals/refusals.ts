import type { ShortName } from '../../shared/conversation-name.ts';
import type { Logger } from '../../shared/log.ts';
import type { TraceFields } from '../../shared/trace.ts';
import { isWarned, type RefusalReason } from './reasons.ts';

/** Lines of one reason in a window at most. */
export const LINES_MAX = 10;
/** Those of one agent, or of one address, so that one that floods does not hide the others. */
export const LINES_OF_ONE_MAX = 3;
/** In milliseconds. */
export const WINDOW_MS = 60_000;

/** What is known of a refusal. None of it may hold content, a token or an integration key. */
export interface RefusalDetails {
  /** What was refused, in the audit's words where it is audited. */
  refused?: string | undefined;
  /** Why, in fixed words, where they say more than the reason. */
  outcome?: string | undefined;
  /** Whose token it was. Only of a genuine token. */
  agent?: { readonly subject: string; readonly tokenId?: string | undefined } | undefined;
  client?: { readonly address: string; readonly trace?: TraceFields | undefined } | undefined;
  /** Only a name that was checked. */
  conversation?: ShortName | undefined;
  /** A route's template, which holds no name. */
  route?: string | undefined;
  status?: number | undefined;
  /** As the browser has sent it. */
  origin?: string | undefined;
  /** An error of the relay's own. */
  err?: unknown;
}

export type RefusalListener = (reason: RefusalReason, details: RefusalDetails) => void;

/** Where every refusal goes. */
export interface RefusalLog {
  note(reason: RefusalReason, details?: RefusalDetails): void;
}

/** What refusals count. */
export interface RefusalMeter {
  refusedFor(reason: RefusalReason): void;
}

export interface RefusalsDeps {
  logger: Pick<Logger, 'info' | 'warn'>;
  meter?: RefusalMeter | undefined;
  /** Hears of each. */
  onNoted?: RefusalListener | undefined;
}

/** The lines of one reason in the present window. */
interface Window {
  written: number;
  /** By agent or address. Only of lines that were written. */
  readonly writtenOf: Map<string, number>;
  suppressed: number;
  /** Runs while there is a window, so that no count is lost when refusals stop. */
  end: NodeJS.Timeout;
}

/** Longest text of an origin that is kept, in characters: anybody may send any. */
const ORIGIN_MAX_CHARS = 200;

/**
 * Every refusal of a relay: counts it, tells the listener, and writes a line. Each reason has at most {@link LINES_MAX}
 * lines a minute and then one with the number of those left out, so a flood writes no more than that.
 */
export class Refusals implements RefusalLog {
  readonly #deps: RefusalsDeps;
  readonly #windows = new Map<RefusalReason, Window>();

  constructor(deps: RefusalsDeps) {
    this.#deps = deps;
  }

  note(reason: RefusalReason, given: RefusalDetails = {}): void {
    const { meter, onNoted } = this.#deps;
    const details = { ...given, origin: given.origin?.slice(0, ORIGIN_MAX_CHARS) };
    meter?.refusedFor(reason);
    onNoted?.(reason, details);
    const window = this.#windows.get(reason) ?? this.#open(reason);
    const { agent, client, ...rest } = details;
    const one = agent?.subject || client?.address || '';
    const writtenOfOne = window.writtenOf.get(one) ?? 0;
    if (window.written >= LINES_MAX || writtenOfOne >= LINES_OF_ONE_MAX) {
      window.suppressed++;
      return;
    }
    window.written++;
    window.writtenOf.set(one, writtenOfOne + 1);
    const who = { sub: agent?.subject, jti: agent?.tokenId, from: client?.address, ...client?.trace };
    this.#write(reason, { ...rest, ...who }, 'refused');
  }

  /** Writes what was left out so far. */
  close(): void {
    for (const reason of [...this.#windows.keys()]) this.#end(reason);
  }

  #open(reason: RefusalReason): Window {
    const end = setTimeout(() => this.#end(reason), WINDOW_MS).unref();
    const window = { written: 0, writtenOf: new Map<string, number>(), suppressed: 0, end };
    this.#windows.set(reason, window);
    return window;
  }

  #end(reason: RefusalReason): void {
    const window = this.#windows.get(reason);
    this.#windows.delete(reason);
    clearTimeout(window?.end);
    const suppressed = window?.suppressed ?? 0;
    if (suppressed > 0) this.#write(reason, { suppressed }, 'refusals left out of the log');
  }

  #write(reason: RefusalReason, fields: object, message: string): void {
    const { logger } = this.#deps;
    if (isWarned(reason)) logger.warn({ reason, ...fields }, message);
    else logger.info({ reason, ...fields }, message);
  }
}
