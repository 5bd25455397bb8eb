// @ts-check
// Help and errors of the tasks whose last program declares no command line of its own. Only built-in modules and no new
// syntax: see run.mjs.

/** The exit code of a wrong command line, as in scripts/cli/command.ts. */
export const USAGE = 2;

/**
 * What to say in place of running the task.
 * @param {string} task
 * @param {import('./tasks.mjs').Task} declared
 * @param {string[]} args what the user has typed behind the task.
 * @returns {{ code: number, text: string } | undefined} undefined when it may run.
 */
export function plainAnswer(task, declared, args) {
  if (declared.help === undefined) return undefined;
  const start = task === 'test' ? 'npm test --' : `npm run ${task} --`;
  const usage = [
    `Usage: ${start} [options]${declared.allowPositionals ? ' [part of a path...]' : ''}`,
    '',
    declared.help.about,
    '',
    'Options:',
  ].concat(declared.help.options, ['  -h, --help  shows this help']);
  if (asksForHelp(args)) return { code: 0, text: usage.join('\n') };
  const wrong = wrongArgument(declared, args);
  if (wrong === undefined) return undefined;
  return { code: USAGE, text: [`error: ${wrong}`, ''].concat(usage).join('\n') };
}

/** @param {string[]} args */
export function asksForHelp(args) {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

/** @param {import('./tasks.mjs').Task} declared @param {string[]} args @returns {string | undefined} */
function wrongArgument({ options = {}, allowPositionals }, args) {
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] || '';
    const [, name = '', value] = /^--([^=]+)(=.*)?$/.exec(arg) || [];
    const type = options[name];
    if (type === 'string' && value === undefined) {
      index++;
      if (args[index] === undefined) return `option '${arg}' argument missing`;
    } else if (type === undefined && arg.startsWith('-')) return `unknown option '${arg}'`;
    else if (type === undefined && !allowPositionals) return `unexpected argument '${arg}'`;
  }
  return undefined;
}
