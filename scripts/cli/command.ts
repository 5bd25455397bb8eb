// How a command is declared, run and ended. The declaration gives the parser, the help and the errors.
import { Command, CommanderError, type OptionValues } from '@commander-js/extra-typings';
import { ConfigError } from '../../shared/errors.ts';
import { UsageError } from './usage-error.ts';

/** The exit codes of every command. Shells give 130 to a program that Ctrl-C ended. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/**
 * A command without options of its own yet.
 *
 * @param start What a user types to start it.
 */
export function command(name: string, description: string, start = `npm run ${name} --`): Command {
  return new Command(name)
    .description(description)
    .configureHelp({ commandUsage: (declared) => `${start} ${declared.usage()}` })
    .configureOutput({ outputError: (text, write) => write(withoutValues(text)) })
    .helpOption('-h, --help', 'shows this help')
    .showHelpAfterError()
    .exitOverride();
}

/** Commander repeats an argument too many and the value of an unknown option, which may be a secret. */
export function withoutValues(text: string): string {
  return text
    .replace(/(too many arguments.* but got \d+):.*$/m, '$1.')
    .replace(/^(error: unknown option '[^'=\n]+)=.*$/m, "$1'");
}

/** @throws {CommanderError} after it has printed what is wrong, or the help. */
export function parse<Arguments extends unknown[], Options extends OptionValues>(
  declared: Command<Arguments, Options>,
  argv: readonly string[],
): Options {
  demandValues(declared, argv);
  return declared.parse(argv, { from: 'user' }).opts();
}

/** Without this, `--settings --dry-run` would deploy with a file of the name `--dry-run`. */
function demandValues(
  declared: Pick<Command<unknown[], OptionValues>, 'options' | 'error'>,
  argv: readonly string[],
): void {
  for (const [index, argument] of argv.entries()) {
    const option = declared.options.find(({ required, long }) => required && long === argument);
    if (option !== undefined && argv[index + 1]?.startsWith('-'))
      declared.error(`error: option '${option.flags}' argument missing`);
  }
}

/** Runs a command on this process's arguments and sets the exit code. An error becomes one line on standard error. */
export async function runCommand<Arguments extends unknown[], Options extends OptionValues>(
  declared: Command<Arguments, Options>,
  main: (options: Options, ...values: Arguments) => Promise<number>,
): Promise<void> {
  // What reads the output may end first, as `head` does: that is no fault of the command, which goes on to its end.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    const options = parse(declared, process.argv.slice(2));
    process.exitCode = await main(options, ...declared.processedArgs);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    // Commander has printed its own.
    if (error instanceof CommanderError) return;
    const message = error instanceof Error ? error.message : String(error);
    console.error(error instanceof ConfigError ? message : `${declared.name()}: ${message}`);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}
