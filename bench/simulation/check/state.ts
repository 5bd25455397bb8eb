import type { CallShape } from '../call.ts';
import type { MeasuredCosts } from '../costs.ts';
import type { Fixture } from './fixture.ts';
import type { PlannedDesktop } from './keyed.ts';
import type { DesktopsProcess, RelayProcess } from './processes.ts';
import type { Row } from './row.ts';

export interface CheckOptions {
  primaries: number;
  relays: number;
  /** How many of them are replaced. */
  replaced: number;
  desktops: number;
  /** Of the desktops, those that watch the conversation of another, through another relay. */
  watchers: number;
  processes: number;
  call: CallShape;
  costs: MeasuredCosts;
  log(line: string): void;
  /** Hears the rows so far after each phase. */
  onPhase?(rows: readonly Row[]): void;
}

/** What the rows need to know. */
export interface CheckState {
  fixture: Fixture;
  options: CheckOptions;
  plan: readonly PlannedDesktop[];
  /** Desktops that were there before the others. */
  warm: readonly PlannedDesktop[];
  children: readonly DesktopsProcess[];
  relays: readonly RelayProcess[];
}
