import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { errorTypeOf } from './tracer.ts';

/** The parameters of `export`, whose types come from a package that only OpenTelemetry's own packages depend on. */
type Done = Parameters<SpanExporter['export']>[1];
type Result = Parameters<Done>[0];

const SUCCESS = 0;

/** Tells which exports have failed. OpenTelemetry would tell nobody, or show what a receiver has answered. */
export class ReportingExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #onLost: (spans: number, errorType: string) => void;

  constructor(exporter: SpanExporter, onLost: (spans: number, errorType: string) => void) {
    this.#exporter = exporter;
    this.#onLost = onLost;
  }

  export(spans: ReadableSpan[], done: Done): void {
    this.#exporter.export(spans, (result) => {
      if (result.code !== SUCCESS) this.#onLost(spans.length, reasonOf(result));
      done({ code: SUCCESS });
    });
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}

/** The status of the answer, or the code of the network's error. */
function reasonOf({ error }: Result): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'number') return `HTTP ${code}`;
  return errorTypeOf(cause ?? error);
}
