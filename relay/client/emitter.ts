import type { ClientEvents, Handler } from './types.ts';

/** Hands events to the application's handlers; none of them can break the client by throwing. */
export class Emitter {
  readonly #handlers = new Map<keyof ClientEvents, Set<{ call: Handler<never> }>>();

  on<Name extends keyof ClientEvents>(name: Name, handler: Handler<Name>): () => void {
    // An object of its own: the same function may be registered twice, and each is ended for itself.
    const entry = { call: handler };
    const entries = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, entries.add(entry));
    return () => entries.delete(entry);
  }

  emit<Name extends keyof ClientEvents>(name: Name, detail: ClientEvents[Name]): void {
    const failed = (cause: unknown) => {
      // A failing handler of `error` has nobody left to be told.
      if (name === 'error') return;
      this.emit('error', { code: 'handler', message: `a handler of "${name}" threw`, cause });
    };
    for (const { call } of [...(this.#handlers.get(name) ?? [])] as { call: Handler<Name> }[]) {
      try {
        const result = call(detail);
        if (result instanceof Promise) result.catch(failed);
      } catch (error) {
        failed(error);
      }
    }
  }
}
