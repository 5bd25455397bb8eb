import { pagesKey } from '../../../shared/keys.ts';
import { coalesced } from '../../access/coalesced.ts';
import type { AcknowledgementIds } from './acknowledgement-ids.ts';
import type { PlaceWriter } from './place-writer.ts';
import type { Places } from './places.ts';

export interface OnlyPageDeps {
  name: string;
  /** The page's connection. */
  id: string;
  ids: AcknowledgementIds;
  places: Pick<Places, 'addPages' | 'setNextId' | 'pages'>;
  writer: Pick<PlaceWriter, 'write' | 'drop' | 'isBehind'>;
}

/** Finds out whether a page without a `pid` is the only one with its name. Among several, the relay cannot identify it. */
export class OnlyPage {
  /** Of all pages with the token and the `User-Agent`. */
  readonly name: string;
  readonly #deps: OnlyPageDeps;
  /** False for a page that was not connected before. */
  #isTheOnly = Promise.resolve(false);
  /** The last id that was written, or is being written. */
  #writtenId = 0;
  #isOver = false;

  constructor(deps: OnlyPageDeps) {
    this.#deps = deps;
    this.name = deps.name;
  }

  /** Whether the page was connected before, has sent its first acknowledgement id, and is the only one. */
  get isTheOnly(): Promise<boolean> {
    return this.#isTheOnly;
  }

  /** The page has used an acknowledgement id. */
  usedId({ isFirst }: { isFirst: boolean }): void {
    const { ids } = this.#deps;
    if (isFirst && ids.first === 0) this.#addPage();
    else if (isFirst) this.#isTheOnly = this.#check();
    void this.#writeNextId();
  }

  /** The connection has ended. Before Redis takes its ids, another connection of the page may have used some. */
  end(): void {
    const { name, id, ids, writer } = this.#deps;
    // Its next write waits for the one that is under way, and would come too late.
    if (this.#writtenId < ids.next) void this.#write();
    this.#isOver = true;
    writer.drop(pagesKey(name), id);
  }

  /** Once at a time: a desktop may send hundreds of packets at once. */
  readonly #writeNextId = coalesced(() => (this.#isOver ? Promise.resolve() : this.#write()));

  #write(): Promise<void> {
    const { name, id, ids, places, writer } = this.#deps;
    this.#writtenId = ids.next;
    return writer.write(pagesKey(name), id, () => places.setNextId(name, ids.next));
  }

  /** Its id must follow the last one. Otherwise the page has used ids elsewhere, perhaps as another subject. */
  async #check(): Promise<boolean> {
    const { name, ids, places, writer } = this.#deps;
    const wasBehind = writer.isBehind(pagesKey(name));
    const { count, nextId } = await places.pages(name).catch(() => ({ count: 0, nextId: 0 }));
    // It had another token before, or an id was lost, or Redis does not answer. As this is unknown, it counts as one more.
    if (count !== 1 || nextId !== ids.first) this.#addPage();
    return count === 1 && nextId === ids.first && !wasBehind && !writer.isBehind(pagesKey(name));
  }

  #addPage(): void {
    const { name, id, places, writer } = this.#deps;
    const key = pagesKey(name);
    // While Redis takes no writes, one write stands for all further pages. Two have the same effect as any larger number.
    const [place, count] = writer.isBehind(key) ? ['several', 2] : [`${id} page`, 1];
    void writer.write(key, place, () => places.addPages(name, count));
  }
}
