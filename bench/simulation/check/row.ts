/** What the model says, and what was measured. */
export interface Row {
  phase: 'join' | 'calls' | 'replacement';
  what: string;
  predicted: number;
  measured: number;
  /** Whether it depends on nothing but the code. Other figures depend on the clock, and on what else runs. */
  isExact: boolean;
}
