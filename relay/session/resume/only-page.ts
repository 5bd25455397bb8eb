import { pagesKey } from '../../../shared/keys.ts';
import type { AcknowledgementIds } from './acknowledgement-ids.ts';
import type { PlaceWriter } from './place-writer.ts';
import type { Places } from './places.ts';

export interface OnlyPageDeps {
  /** Of all pages with the token and the `User-Agent`. */
  name: string;
  /** The page's connection. */
  id: string;
  ids: AcknowledgementIds;
  places: Pick<Places, 'addPage' | 'setNextId' | 'pages'>;
  writer: Pick<PlaceWriter, 'write' | 'isBehind'>;
}

/** Finds out whether a page without a `pid` is the only one that has had its name. Of several, nobody can tell which it is. */
export class OnlyPage {
  readonly #deps: OnlyPageDeps;
  /** Of a page that was connected before. */
  #isTheOnly = Promise.resolve(false);

  constructor(deps: OnlyPageDeps) {
    this.#deps = deps;
  }

  /** Of a page that was connected before, and whose first acknowledgement id has come. */
  get isTheOnly(): Promise<boolean> {
    return this.#isTheOnly;
  }

  /** The page has used an acknowledgement id. */
  usedId({ isFirst }: { isFirst: boolean }): void {
    const { name, id, ids, places, writer } = this.#deps;
    if (isFirst && ids.first === 0) this.#addPage();
    else if (isFirst) this.#isTheOnly = this.#check();
    void writer.write(pagesKey(name), id, () => places.setNextId(name, ids.next));
  }

  /** Its id follows the last one that came here: else the page has used ids elsewhere, perhaps as another subject. */
  async #check(): Promise<boolean> {
    const { name, ids, places, writer } = this.#deps;
    const wasBehind = writer.isBehind(pagesKey(name));
    const { count, nextId } = await places.pages(name).catch(() => ({ count: 0, nextId: 0 }));
    // It was another subject before.
    if (count === 0) this.#addPage();
    return count === 1 && nextId === ids.first && !wasBehind && !writer.isBehind(pagesKey(name));
  }

  #addPage(): void {
    const { name, id, places, writer } = this.#deps;
    void writer.write(pagesKey(name), `${id} page`, () => places.addPage(name));
  }
}
