import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';

/** So many spans wait for their export at most. */
const WAITING_MAX = 2_048;

/** Why a span was lost that no receiver was sent. */
export const QUEUE_FULL = 'queue full';

/** Exports spans in batches. OpenTelemetry's own processor tells nobody of the spans that it has no room for. */
export class BoundedProcessor implements SpanProcessor {
  readonly #batches: BatchSpanProcessor;
  readonly #onLost: (spans: number, reason: string) => void;
  #waiting = 0;

  constructor(exporter: SpanExporter, onLost: (spans: number, reason: string) => void) {
    this.#onLost = onLost;
    this.#batches = new BatchSpanProcessor({
      maxQueueSize: WAITING_MAX,
      exporter: {
        export: (spans, done) => {
          this.#waiting -= spans.length;
          exporter.export(spans, done);
        },
        shutdown: () => exporter.shutdown(),
      },
    });
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#waiting >= WAITING_MAX) {
      this.#onLost(1, QUEUE_FULL);
      return;
    }
    this.#waiting++;
    this.#batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#batches.shutdown();
  }
}
