import { ConfigError } from './errors.ts';

const PORT_VARIABLES = ['PORT', 'METRICS_PORT'];

/** A part of what {@link startFailure} says of a port that another program has. */
export const PORT_IN_USE = 'is in use by another program';

/**
 * What a process prints when it cannot start: a sentence where an operator can mend it, which a stack would hide, and
 * otherwise the error itself.
 */
export function startFailure(error: unknown, env: Readonly<Record<string, string | undefined>>): unknown {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error && 'code' in error && 'port' in error)) return error;
  const { code, port } = error;
  const variable = PORT_VARIABLES.find((name) => env[name] === String(port)) ?? 'PORT';
  if (code === 'EADDRINUSE')
    return `port ${port} ${PORT_IN_USE}: end that, or set ${variable} to another port`;
  if (code === 'EACCES') return `port ${port} may not be opened: set ${variable} to a port from 1024 on`;
  return error;
}
