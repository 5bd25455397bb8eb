import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleOptions } from './bundle-options.ts';

const ENTRY = fileURLToPath(new URL('../../shared/tracing/open-telemetry.ts', import.meta.url));

/**
 * OpenTelemetry, in a bundle of its own beside that of the program. The program loads it if TRACES is `otlp`. So a start
 * without traces reads none of it.
 */
export const openTelemetryBundle = (folder: string) => ({
  ...bundleOptions,
  entryPoints: [ENTRY],
  outfile: join(folder, 'open-telemetry.js'),
});
