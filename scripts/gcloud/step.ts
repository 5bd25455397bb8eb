// What a plan is made of. Everything here is data but the predicates, so that a plan can be printed, compared and tested
// without a project.

/**
 * One program call: the program and its arguments, never a shell line. An argument may hold placeholders, `{{NAME}}`,
 * which stand for a {@link Lookup} of the plan and are filled in right before the call.
 */
export type Argv = readonly string[];

/** A value that only the project knows, such as the address of Redis. */
export interface Lookup {
  /** Prints the value. May hold placeholders of its own. */
  argv: Argv;
  /** What it means when the command prints nothing, as a sentence. */
  whenEmpty?: string;
}

/** What one read said. `found: false` means that the thing read does not exist, not that reading it failed. */
export type Reading = { found: true; text: string } | { found: false };

/** Where a command's standard input comes from: a secret takes this way, never the arguments. A `text` is no secret. */
export type Input =
  | { from: 'random'; bytes: number }
  | { from: 'command'; argv: Argv }
  | { from: 'text'; text: string };

/** One change, and how to see whether it is already there. */
export interface Task {
  /** What it makes, as a noun: `topic aa-new-message-topic`. */
  title: string;
  /** The reads that tell. They change nothing. */
  reads: readonly Argv[];
  /** Whether the readings (in the order of `reads`) show the change made. `fill` replaces placeholders. */
  isDone(readings: readonly Reading[], fill: (template: string) => string): boolean;
  /** What exactly is not as it should be, for people; without it, it is missing. Empty when `isDone`. */
  differences?(readings: readonly Reading[], fill: (template: string) => string): string[];
  /** Whether the change makes what was not there, of a task that is not done. Default: one of the reads found nothing. */
  isNew?(readings: readonly Reading[]): boolean;
  /** What differs from the settings and stays so, because nothing but a person can change it; for people. */
  drift?(readings: readonly Reading[]): string[];
  /** Changes what an earlier deployment made; a script that makes everything leaves it out. */
  onlyMends?: true;
  /** Address of the service account that the change makes: Google may not know it everywhere for some minutes. */
  makesAccount?: string;
  /** Lookups that `isDone` fills in and no command names. */
  uses?: readonly string[];
  /** Makes the change. */
  change: { argv: Argv; input?: Input };
  /** Says more than argv: what the deployed folder holds. Goes into `{{CONFIG_DIGEST}}`. */
  sourceDigest?: string;
  /** Prints, without changing anything, what the change will alter; shown before it. */
  preview?: Argv;
  /** Absent where there is nothing to take back, or it goes with something else that is. */
  undo?: Undo;
}

/** How a change is taken back, by a teardown. */
export interface Undo {
  /** What is taken away, as it is listed: `topic aa-new-message-topic`. */
  title: string;
  reads: readonly Argv[];
  /**
   * `ours`: the readings show that it is there and that a deployment made it. `theirs`: it is there, and was before, so it
   * stays.
   */
  owner(readings: readonly Reading[], fill: (template: string) => string): 'ours' | 'theirs' | 'gone';
  argv: Argv;
  /** The IAM permissions on the project that the account needs to take it away. */
  permissions: readonly string[];
  /** What is lost with it cannot be made again; kept unless asked for. */
  holdsData?: boolean;
  /** Other deployments of the project work with it, too; kept unless asked for. */
  isShared?: boolean;
}

export interface Step {
  key: string;
  title: string;
  /** Keys of the steps that must be done before. */
  needs: readonly string[];
  /** The IAM permissions on the project that the account needs to run the step. */
  permissions: readonly string[];
  tasks: readonly Task[];
}

export interface Plan {
  steps: readonly Step[];
  lookups: Readonly<Record<string, Lookup>>;
}

/** The steps that remain with `--only`. @throws {Error} when there is no such step. */
export function stepNamed(plan: Plan, key: string): Step {
  const step = plan.steps.find((candidate) => candidate.key === key);
  if (step === undefined)
    throw new Error(`there is no step "${key}": use one of ${plan.steps.map((each) => each.key).join(', ')}`);
  return step;
}

/** The placeholder that the runner computes: a digest of the filled command and the folder that it deploys. */
export const CONFIG_DIGEST = 'CONFIG_DIGEST';

/** The names of all placeholders in a text. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(/\{\{([A-Z0-9_]+)\}\}/g)].map((match) => match[1] ?? '');
}

/** The parsed JSON of a reading; undefined when the thing is not there or the text is no JSON. */
export function json(reading: Reading | undefined): unknown {
  if (reading?.found !== true || reading.text.trim() === '') return undefined;
  try {
    return JSON.parse(reading.text);
  } catch {
    return undefined;
  }
}

/** Follows a path through parsed JSON; undefined as soon as something on the way is missing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current: unknown = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

/** What follows the last slash of a resource's name; empty without a name. */
export function lastPart(name: unknown): string {
  return String(name ?? '').replace(/^.*\//, '');
}
