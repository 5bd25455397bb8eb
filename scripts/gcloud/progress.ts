import type { Step } from './step.ts';

/** What is told, and asked, while a plan is carried out. */
export interface Progress {
  /** A step begins; `number` counts from 1. */
  step(step: Step, number: number, total: number): void;
  /** A task begins. */
  begin?(title: string): void;
  /** Whether the first new thing may be made, of this title; is asked once in a run. Without it, all may. */
  mayMake?(title: string): Promise<boolean>;
  /** What the next change will alter, where it can be told. */
  preview?(text: string): void;
  /** What differs from the settings and no deployment changes. */
  drift?(title: string, difference: string): void;
  /** A task is done. */
  task(title: string, outcome: 'unchanged' | 'changed'): void;
}
