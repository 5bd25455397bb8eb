// @ts-check
// The arguments that npm itself was started with. npm hands a script only what stands after "--", and of the rest
// exports what it takes for its own settings. It drops "--only redis" without a trace, because it knows an option
// "only" with other values. Only built-in modules and no new syntax: see run.mjs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From the start of npm to the start of its script; on a loaded machine it has taken several seconds. */
const START_LIMIT_MS = 60000;
const LOG_NAME = /^(\d{4}-\d\d-\d\d)T(\d\d)_(\d\d)_(\d\d)_(\d{3})Z-debug-0\.log$/;

/**
 * The arguments as npm read them, `--name=value` as two and shorthands expanded.
 * Source: `cooked` of nopt, which npm 6 exports and npm 8 and newer write into their log before they run a script.
 * @param {Record<string, string | undefined>} env
 * @param {number} now in milliseconds since 1970.
 * @returns {string[] | undefined} undefined where npm was told to write no log, or writes none of that form.
 */
export function npmArguments(env, now) {
  try {
    if (env.npm_config_argv !== undefined) return JSON.parse(env.npm_config_argv).cooked;
    const folder = env.npm_config_logs_dir || join(env.npm_config_cache || '', '_logs');
    // The newest first: of two runs of one script it is ours that has started last.
    for (const file of readdirSync(folder).sort().reverse()) {
      if (!(now - startOf(file) < START_LIMIT_MS)) continue;
      const found = argumentsIn(readFileSync(join(folder, file), 'utf8'));
      if (found !== undefined && isRunOf(found, env.npm_lifecycle_event)) return found;
    }
  } catch {
    // The folder or a file cannot be read; the environment still says most of it.
  }
  return undefined;
}

/** @param {string} file name of a log. @returns {number} NaN for any other file. */
function startOf(file) {
  const match = LOG_NAME.exec(file);
  if (match === null) return Number.NaN;
  const [, date, hours, minutes, seconds, milliseconds] = match;
  return Date.parse(`${date}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
}

/** @param {string} log @returns {string[] | undefined} undefined when the log's npm has ended or names no arguments. */
function argumentsIn(log) {
  if (/^\d+ verbose exit /m.test(log)) return undefined;
  const [, line] = /^\d+ verbose argv (".*")$/m.exec(log) || [];
  // Between two arguments stands `" "`, which cannot stand inside one: its quotation marks are escaped there.
  return line === undefined ? undefined : JSON.parse(`[${line.split('" "').join('","')}]`);
}

/** @param {string[]} args @param {string | undefined} event @returns {boolean} */
function isRunOf(args, event) {
  // `npm test` has short forms.
  const names = event === 'test' ? ['test', 'tst', 't'] : [event];
  return args.some((arg) => names.indexOf(arg) !== -1);
}
