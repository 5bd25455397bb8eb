// What a load run shows while it goes on.
import { styleText } from 'node:util';
import { clockText, countText, msText } from './figures.ts';
import { LATE_MS } from './loop-delay.ts';
import type { Sample } from './measurements.ts';
import type { LoadState } from './run-load.ts';

/** Where it is shown: a terminal has lines that change, anything else gets a line now and then. */
export interface DisplayStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red';
/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

const TERMINAL_MS = 500;
const OTHERWISE_MS = 5_000;
const WIDTH = 80;
const BAR = 24;
const UP = (lines: number) => `\u001b[${lines}A`;
const CLEAR_BELOW = '\r\u001b[0J';

/** The lines of a terminal; pure. */
export function displayLines(state: LoadState, paint: Paint): string[] {
  const { schedule, measured } = state;
  const totals = measured.totals();
  const last = measured.samples.at(-1);
  const rate = rateIn(measured.samples);
  const { p50, p95, p99, max } = measured.latency().summary();
  const wrong = (name: string, count: number) =>
    paint(count > 0 ? 'red' : 'green', `${name} ${countText(count)}`);
  const noted = (name: string, count: number) =>
    paint(count > 0 ? 'yellow' : 'dim', `${name} ${countText(count)}`);
  const onTheWay = totals.published - totals.delivered - totals.superseded - totals.lost;
  const loopMs = last?.loopDelayMs ?? 0;
  return [
    `${paint('bold', clockText(state.elapsedMs()))} of ${clockText(schedule.rampMs + schedule.holdMs)}  ${phaseText(state)}`,
    `agents    ${bar(measured.joined / schedule.agents)} ${countText(measured.connected)} connected, ${countText(measured.joined)} joined, of ${countText(schedule.agents)}`,
    `events    ${countText(rate('published'))}/s published, ${countText(rate('delivered'))}/s delivered, ${countText(Math.max(0, onTheWay))} on the way`,
    `latency   p50 ${msText(p50)}  p95 ${msText(p95)}  p99 ${msText(p99)}  max ${msText(max)} ms`,
    `events    ${[wrong('lost', totals.lost), wrong('repeated', totals.repeated), wrong('out of order', totals.outOfOrder)].join('  ')}`,
    `desktops  ${[wrong('refused', measured.refusals.total), noted('connections lost', measured.losses.total), noted('errors', measured.errors.total)].join('  ')}`,
    paint(loopMs > LATE_MS ? 'red' : 'dim', `this process is ${msText(loopMs)} ms late`),
  ];
}

/** One line for a log; pure. */
export function displayLine(state: LoadState): string {
  const { measured } = state;
  const totals = measured.totals();
  const last = measured.samples.at(-1);
  return [
    `${clockText(state.elapsedMs())} ${phaseText(state)}`,
    `${measured.connected} connected, ${measured.joined} joined`,
    `${Math.round(rateIn(measured.samples)('published'))} events/s`,
    `p50 ${msText(last?.p50 ?? null)} p95 ${msText(last?.p95 ?? null)} p99 ${msText(last?.p99 ?? null)} ms`,
    `${totals.lost} lost, ${totals.repeated} repeated, ${totals.outOfOrder} out of order`,
    `${measured.refusals.total} refused`,
  ].join(' · ');
}

/** Events a second, in the latest sample. */
function rateIn(samples: readonly Sample[]): (name: 'published' | 'delivered') => number {
  const last = samples.at(-1);
  const ms = (last?.atMs ?? 0) - (samples.at(-2)?.atMs ?? 0);
  return (name) => (last === undefined || ms <= 0 ? 0 : (last[name] * 1_000) / ms);
}

function phaseText(state: LoadState): string {
  const { schedule, running } = state;
  if (running !== undefined) return `fault: ${running}`;
  if (state.isInterrupted) return 'interrupted';
  const elapsedMs = state.elapsedMs();
  if (elapsedMs < schedule.rampMs) return 'adding agents';
  return elapsedMs < schedule.rampMs + schedule.holdMs ? 'all agents' : 'waiting for the last events';
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR);
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
}

/**
 * Shows how a run goes until it is stopped. `NO_COLOR` leaves the colours out.
 *
 * @returns stops it, and leaves the last lines standing
 */
export function showLoad(state: LoadState, stream: DisplayStream & NodeJS.WritableStream): () => void {
  const isTerminal = stream.isTTY === true;
  const paint: Paint = (style, text) => styleText(style, text, { stream });
  let shown = 0;
  const show = () => {
    if (!isTerminal) {
      stream.write(`${displayLine(state)}\n`);
      return;
    }
    const width = stream.columns ?? WIDTH;
    // A line that the terminal breaks would be counted as one.
    const plain: Paint = (_style, text) => text;
    const isNarrow = displayLines(state, plain).some((line) => line.length > width);
    const lines = isNarrow ? [displayLine(state).slice(0, width - 1)] : displayLines(state, paint);
    stream.write(`${shown > 0 ? UP(shown) : ''}${CLEAR_BELOW}${lines.join('\n')}\n`);
    shown = lines.length;
  };
  const timer = setInterval(show, isTerminal ? TERMINAL_MS : OTHERWISE_MS);
  return () => {
    clearInterval(timer);
    show();
  };
}
