// @ts-check
// Finds the options of a script that npm has taken for itself: `npm run deploy --dry-run` would deploy for real. Only
// built-in modules and no new syntax: see run.mjs.

/** Options that npm has, too: set in its configuration, they say nothing about a script. Source: `npm help config`. */
const NPM_HAS = ['json', 'long', 'only', 'yes'];
/** npm's values of its own `only`. */
const NPM_ONLY = ['prod', 'production'];
/**
 * Options that npm reads as shorthands, letter by letter: "--plan" as p, l, a and n.
 * @type {[name: string, readAs: string[]][]}
 */
const READ_AS_SHORTHANDS = [
  ['plan', ['--parseable', '--long', '--all', '--no-yes']],
  ['calls', ['--call', '--all', '--long', '--long', '--loglevel', 'silent']],
];
/** npm completes an option that it does not know to one that it knows. */
const COMPLETED = { to: 'token-description' };
const SHORTEST_PREFIX = 3;
/** A shorter name becomes an option of npm with one letter. */
const SHORTEST_MISTYPED = 4;
/** Options of npm that are one letter away from one of a script, in the spelling of {@link plainName}. */
const NPM_ALIKE = ['call'];

/**
 * @typedef {object} Start
 * @property {string} script name of the npm script.
 * @property {string} task its task.
 * @property {import('./tasks.mjs').Task} declared what the task declares.
 * @property {string[]} args the arguments that npm has handed on, without those of package.json.
 * @property {string[] | undefined} npmArgs the arguments of npm itself, if known.
 * @property {Record<string, string | undefined>} env
 */

/**
 * Why a task must not start, in lines for the user: npm has taken an option of it, or has left the value of one behind.
 * @param {Start} start
 * @returns {string | undefined} undefined when it may start.
 */
export function refusal(start) {
  const { script, task, declared, args, npmArgs } = start;
  const options = declared.options;
  if (options === undefined) return undefined;
  const typed = npmArgs === undefined ? [] : typedOptions(npmArgs, options, declared.allowNegative === true);
  const inherited = typed.length > 0 ? [] : exportedOptions(start, options);
  const taken = typed.concat(inherited);
  if (taken.length > 0) {
    const names = taken.map(({ words }) => words[0]).join(', ');
    const lines = [
      `npm has taken ${names} for itself, and ${script} would run without. Nothing was done.`,
      'npm hands on what stands after "--":',
      `  ${lineOf(script, taken, args)}`,
    ];
    if (inherited.length > 0)
      lines.push(
        'If that comes from the environment or an .npmrc file, start the script without npm:',
        `  node scripts/run.mjs ${task}`,
      );
    return lines.join('\n');
  }
  if (hasShortDryRun(start)) {
    return [
      `npm reads -n as --no-yes, not as --dry-run, and ${script} would run for real. Nothing was done.`,
      'For a dry run:',
      `  ${lineOf(script, [{ words: ['--dry-run'] }], args)}`,
      `To run ${script}, leave out -n or --no-yes.`,
    ].join('\n');
  }
  const stray = declared.allowPositionals ? undefined : strayArgument(args, options);
  if (stray === undefined) return undefined;
  return [
    `${script} takes no argument "${stray}". Nothing was done.`,
    'If it belongs to an option, npm has taken that option for itself. Options stand after "--":',
    `  npm run ${script} -- --help`,
  ].join('\n');
}

/**
 * An option that npm has taken.
 * @typedef {object} Taken
 * @property {string[]} words the option and its value, if any, as they should stand after "--".
 * @property {string} [stray] its value, when npm may have handed that on as an argument.
 */

/**
 * Those in npm's own arguments.
 * @param {string[]} npmArgs
 * @param {Record<string, string>} options
 * @param {boolean} allowNegative
 * @returns {Taken[]}
 */
function typedOptions(npmArgs, options, allowNegative) {
  const end = npmArgs.indexOf('--');
  const words = withShorthands(end === -1 ? npmArgs : npmArgs.slice(0, end), options);
  /** @type {Taken[]} */
  const taken = [];
  words.forEach((word, index) => {
    const [, no, rest] = /^--?(no-)?(.+)$/.exec(word) || [];
    const name = rest === undefined ? undefined : nameOf(rest, options);
    if (name === undefined) return;
    const next = words[index + 1];
    const value = next === undefined || next.startsWith('-') ? undefined : next;
    const isNegative = no !== undefined || (options[name] === 'boolean' && value === 'false');
    if (isNegative && !allowNegative) return; // --no-yes and the like say what holds anyway
    if (options[name] === 'boolean') taken.push({ words: [isNegative ? `--no-${name}` : `--${name}`] });
    else if (!isNegative) taken.push(withValue(name, value));
  });
  return taken;
}

/**
 * Those in the variables that npm exports. npm exports its configuration files in the same way, so where its arguments
 * are known, an option that npm has itself does not count. A dry run does: it must never change anything.
 * @param {Start} start
 * @param {Record<string, string>} options
 * @returns {Taken[]}
 */
function exportedOptions({ declared, args, npmArgs, env }, options) {
  /** @type {Taken[]} */
  const taken = [];
  for (const variable of Object.keys(env)) {
    if (!/^npm_config_/i.test(variable)) continue;
    const name = nameOf(completedFrom(variable.slice('npm_config_'.length), options), options, true);
    if (name === undefined) continue;
    const isOfNpm = NPM_HAS.indexOf(name) !== -1;
    const value = env[variable] || '';
    if (isOfNpm && (npmArgs !== undefined || NPM_ONLY.indexOf(value) !== -1)) continue;
    if (value === '' || value === 'false') {
      if (options[name] === 'boolean' && declared.allowNegative && !isOfNpm)
        taken.push({ words: [`--no-${name}`] });
    } else if (options[name] === 'boolean') taken.push({ words: [`--${name}`] });
    else if (value === 'true') taken.push(withValue(name, strayArgument(args, options)));
    else for (const each of value.split('\n\n')) taken.push({ words: [`--${name}`, each] });
  }
  return taken;
}

/**
 * Whether somebody has typed -n for a dry run. npm has written it out as --no-yes, whose own form is not told apart: it
 * says what holds anyway, so that nobody needs it.
 * @param {Start} start
 */
function hasShortDryRun({ declared, args, npmArgs, env }) {
  const options = declared.options || {};
  if (options['dry-run'] === undefined || options.yes === undefined) return false;
  if (args.indexOf('--dry-run') !== -1) return false;
  if (npmArgs === undefined) return env.npm_config_yes === '';
  const end = npmArgs.indexOf('--');
  return (end === -1 ? npmArgs : npmArgs.slice(0, end)).indexOf('--no-yes') !== -1;
}

/** @param {string} name @param {string | undefined} value @returns {Taken} */
function withValue(name, value) {
  return value === undefined ? { words: [`--${name}`] } : { words: [`--${name}`, value], stray: value };
}

/**
 * The option that somebody meant: --dryRun and --dry_run are --dry-run, and so is --dry, which npm completes.
 * @param {string} text
 * @param {Record<string, string>} options
 * @param {boolean} [isWhole] whether the beginning of a name is not enough.
 */
function nameOf(text, options, isWhole) {
  const names = Object.keys(options);
  const plain = plainName(text);
  return (
    names.find((name) => plainName(name) === plain) ||
    (isWhole || plain.length < SHORTEST_PREFIX
      ? undefined
      : names.find((name) => plainName(name).startsWith(plain))) ||
    names.find((name) => isMistyped(plain, plainName(name)))
  );
}

/**
 * Whether one letter is wrong, missing or too many, or two have changed places: `--dry-rnu` is no option of npm, and
 * would be dropped.
 * @param {string} text
 * @param {string} name
 */
function isMistyped(text, name) {
  if (name.length < SHORTEST_MISTYPED || NPM_ALIKE.indexOf(text) !== -1) return false;
  const longer = Math.max(text.length, name.length);
  let start = 0;
  while (start < longer && text[start] === name[start]) start++;
  let end = 0;
  while (end < longer - start && text[text.length - 1 - end] === name[name.length - 1 - end]) end++;
  const other = text.slice(start, Math.max(start, text.length - end));
  const own = name.slice(start, Math.max(start, name.length - end));
  const isExchanged = other.length === 2 && own === other.split('').reverse().join('');
  return isExchanged || (other.length < 2 && own.length < 2);
}

/** @param {string} name */
function plainName(name) {
  return name.replace(/[-_]/g, '').toLowerCase();
}

/** @param {string} name @param {Record<string, string>} options */
function completedFrom(name, options) {
  const isTo = plainName(name) === plainName(COMPLETED.to) && options.to !== undefined;
  return isTo ? 'to' : name;
}

/** @param {string[]} words @param {Record<string, string>} options */
function withShorthands(words, options) {
  return READ_AS_SHORTHANDS.reduce((rest, [name, readAs]) => {
    const from = rest.indexOf(readAs[0] || '');
    const isMeant = options[name] !== undefined && readAs.every((word, index) => rest[from + index] === word);
    return isMeant ? rest.slice(0, from).concat(`--${name}`, rest.slice(from + readAs.length)) : rest;
  }, words);
}

/**
 * The first argument that is neither an option nor the value of one.
 * @param {string[]} args
 * @param {Record<string, string>} options
 */
function strayArgument(args, options) {
  return args.find(
    (arg, index) => !arg.startsWith('-') && options[(args[index - 1] || '').slice(2)] !== 'string',
  );
}

/** @param {string} script @param {Taken[]} taken @param {string[]} args */
function lineOf(script, taken, args) {
  const rest = args.slice();
  /** @type {string[]} */
  let words = [];
  for (const each of taken) {
    words = words.concat(each.words);
    const at = each.stray === undefined ? -1 : rest.indexOf(each.stray);
    if (at !== -1) rest.splice(at, 1);
  }
  return ['npm', 'run', script, '--'].concat(words.concat(rest).map(quoted)).join(' ');
}

/** @param {string} word */
function quoted(word) {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}
