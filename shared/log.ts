import { type DestinationStream, destination, type Logger, type LoggerOptions, pino } from 'pino';
import { redisErrorText } from './redis-error-text.ts';

export type { Logger } from 'pino';

const SEVERITY: Record<string, string> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/** Where log lines go: standard output, or the file that LOGGING_FILE names. */
export function logDestination(file: string | undefined): DestinationStream {
  // Synchronous: Cloud Run may freeze or end the instance right after a request, and a buffered line would be lost.
  return destination({ dest: file ?? 1, sync: true, mkdir: file !== undefined });
}

/**
 * A pino logger that writes Google Cloud Logging's fields. Callers log identifiers and reasons only: no content of a
 * conversation, no token and no integration key, at any level.
 */
export function createLogger(service: string, level: string, stream: DestinationStream): Logger {
  return pino({ ...LOGGER_OPTIONS, level, base: { service } }, stream);
}

const LOGGER_OPTIONS: LoggerOptions = {
  messageKey: 'message',
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (label) => ({ severity: SEVERITY[label] ?? 'DEFAULT' }) },
  serializers: { err: serializeError },
  hooks: {
    // A line without a text of its own would get the error's message as it is, past the serializer.
    logMethod(args, method) {
      const [first, text] = args as unknown[];
      const error = first instanceof Error ? first : (first as { err?: unknown } | undefined)?.err;
      if (text === undefined && error instanceof Error) {
        method.call(this, { ...(first === error ? {} : (first as object)), err: error }, safeMessage(error));
      } else {
        method.apply(this, args);
      }
    },
  },
};

/** No more causes of an error are logged; a chain may be a circle. */
const MAX_CAUSES = 5;

/**
 * The parts of an error that are safe to log. Not its other properties: an error of ioredis carries the command's
 * arguments, and with them what a customer said.
 */
export function serializeError(error: unknown, causes = MAX_CAUSES): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: error.name,
    message: safeMessage(error),
    ...('code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
      ? { code: error.code }
      : {}),
    ...framesOf(error),
    ...(error.cause === undefined || causes === 0 ? {} : { cause: serializeError(error.cause, causes - 1) }),
  };
}

/**
 * V8 quotes the text that it could not parse or that it was to take for an object, and Redis the arguments of a command
 * that it does not know.
 */
function safeMessage(error: Error): string {
  if (error instanceof SyntaxError) return 'invalid syntax';
  if (error instanceof TypeError)
    return error.message.replace(/( to search for '.*?' in | on string ').*/s, '$1…');
  return redisErrorText(error.message).replace(/, with args beginning with:.*/s, '');
}

/** The stack without the message that it starts with, which may itself have lines that look like frames. */
function framesOf({ stack, message }: Error): { stack?: string } {
  const start = typeof stack === 'string' ? stack.indexOf(message) : -1;
  if (stack === undefined || start < 0) return {};
  const frames = stack.slice(start + message.length).split('\n');
  return { stack: frames.filter((line) => /^\s+at /.test(line)).join('\n') };
}
