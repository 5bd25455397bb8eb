/** The command line asks for something that is not there. The message names the option and says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
