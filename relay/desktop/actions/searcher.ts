import { type ReadonlySignal, signal } from '@preact/signals';
import type { SearchKnowledgeResponse } from '../api/types.ts';

export type QuerySource = 'AGENT_QUERY' | 'SUGGESTED_QUERY';
export type Search = (query: string, source: QuerySource) => Promise<SearchKnowledgeResponse>;

export type SearchState =
  | { is: 'idle' }
  | { is: 'searching'; query: string }
  | { is: 'found'; query: string; response: SearchKnowledgeResponse }
  | { is: 'failed'; query: string; source: QuerySource; error: unknown };

/** Searches, and keeps what the latest query found: an answer to an earlier one that comes late is passed over. */
export class Searcher {
  readonly #search: Search;
  readonly #state = signal<SearchState>({ is: 'idle' });
  #latest = 0;

  constructor(search: Search) {
    this.#search = search;
  }

  get state(): ReadonlySignal<SearchState> {
    return this.#state;
  }

  async search(text: string, source: QuerySource): Promise<void> {
    const query = text.trim();
    if (query === '') return;
    const turn = ++this.#latest;
    this.#state.value = { is: 'searching', query };
    const next = await this.#search(query, source).then(
      (response): SearchState => ({ is: 'found', query, response }),
      (error: unknown): SearchState => ({ is: 'failed', query, source, error }),
    );
    if (turn === this.#latest) this.#state.value = next;
  }

  clear(): void {
    this.#latest++;
    this.#state.value = { is: 'idle' };
  }
}
