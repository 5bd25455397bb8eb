// Prints commands so that they can be pasted into bash, and runs as they say.
import { type Argv, CONFIG_DIGEST, type Input, type Plan, placeholdersIn, type Task } from './step.ts';

const PLAIN = /^[\w@%+=:,./-]+$/;

/** One argument as bash reads it back. Placeholders become `${NAME}`, which the lines before have assigned. */
export function quote(argument: string): string {
  if (placeholdersIn(argument).length > 0) {
    const escaped = argument
      .replace(/[\\"$`]/g, '\\$&')
      .replace(/\{\{([A-Z0-9_]+)\}\}/g, (_, name: string) => `\${${name}}`);
    return `"${escaped}"`;
  }
  return PLAIN.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

export function shellLine(argv: Argv): string {
  return argv.map(quote).join(' ');
}

/** The whole plan as a bash script. A value is looked up right before the first line that uses it. */
export function shellScript(plan: Plan): string {
  const assigned = new Set<string>();
  const lines = ['set -euo pipefail'];
  for (const step of plan.steps) {
    lines.push('', `# ${step.key}: ${step.title}`);
    for (const task of step.tasks) if (!task.onlyMends) lines.push(...taskLines(plan, task, assigned));
  }
  return `${lines.join('\n')}\n`;
}

function taskLines(plan: Plan, task: Task, assigned: Set<string>): string[] {
  const { change } = task;
  const input = change.input?.from === 'command' ? change.input.argv : [];
  const names = [...change.argv, ...input].flatMap(placeholdersIn);
  return [...assignments(plan, names, assigned), inputPipe(change.input) + shellLine(change.argv)];
}

/** `$( )` takes the line break off the end; printf is built into the shell, so the value is in no argument list. */
function inputPipe(input: Input | undefined): string {
  if (input === undefined) return '';
  if (input.from === 'text') return `printf %s ${quote(input.text)} | `;
  const source = input.from === 'command' ? shellLine(input.argv) : `openssl rand -hex ${input.bytes}`;
  return `printf %s "$(${source})" | `;
}

function assignments(plan: Plan, names: readonly string[], assigned: Set<string>): string[] {
  const lines: string[] = [];
  for (const name of names) {
    if (assigned.has(name)) continue;
    assigned.add(name);
    const lookup = plan.lookups[name];
    if (name === CONFIG_DIGEST) lines.push(`${name}=by-hand`);
    else if (lookup === undefined) throw new Error(`the plan has no lookup for ${name}`);
    else
      lines.push(
        ...assignments(plan, lookup.argv.flatMap(placeholdersIn), assigned),
        `${name}=$(${shellLine(lookup.argv)})`,
      );
  }
  return lines;
}
