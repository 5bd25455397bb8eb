import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { flagsOf, type Ranked } from './arrange-calls.ts';
import type { Flag } from './flags.ts';
import { idOf, isSameCall, type ListedCall } from './listed-call.ts';
import type { Thresholds } from './thresholds.ts';

/** A call on the wall. It stays the same object while the call is listed, so that its view only shows what changes. */
export class Tile {
  readonly name: string;
  readonly id: string;
  readonly #call: Signal<ListedCall>;
  /** With the page's own, the gravest first. */
  readonly flags: ReadonlySignal<readonly Flag[]>;

  constructor(call: ListedCall, thresholds: ReadonlySignal<Thresholds>) {
    this.name = call.name;
    this.id = idOf(call.name);
    this.#call = signal(call);
    this.flags = computed(() => flagsOf(this.#call.value, thresholds.value));
  }

  get call(): ReadonlySignal<ListedCall> {
    return this.#call;
  }

  get isEnded(): boolean {
    return this.#call.value.stage === 'ENDED';
  }

  get ranked(): Ranked {
    return { call: this.#call.value, flags: this.flags.value };
  }

  update(call: ListedCall): void {
    if (!isSameCall(this.#call.peek(), call)) this.#call.value = call;
  }
}
