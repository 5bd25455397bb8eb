import { type DestinationStream, destination, type Logger, type LoggerOptions, pino } from 'pino';

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
};

/**
 * The parts of an error that are safe to log. Not its other properties: an error of ioredis carries the command's
 * arguments, and with them what a customer said. Not a SyntaxError's message: V8 quotes the text it could not parse.
 */
export function serializeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const isQuoting = error instanceof SyntaxError;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    message: isQuoting ? 'invalid syntax' : error.message,
    ...('code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
      ? { code: error.code }
      : {}),
    ...(frames ? { stack: frames.join('\n') } : {}),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  };
}
