import { keySlot } from '../../shared/key-slot.ts';
import { trialKey } from '../../shared/keys.ts';

/** How many tags are tried until every primary has a key. A primary with one slot of 16,384 needs about as many. */
const TAGS_MAX = 200_000;

/** For each primary of a cluster a key of one of its slots, so that a write of all of them tries every primary. */
export class TrialKeys {
  readonly #relay: string;
  /** By the address of the primary. */
  #found = new Map<string, { key: string; slot: number }>();

  constructor(relay: string) {
    this.#relay = relay;
  }

  /** @param slots the nodes of each slot, the primary first; nothing where a slot has none. */
  of(slots: readonly (readonly string[] | undefined)[]): string[] {
    const primaries = new Set(slots.flatMap((nodes) => nodes?.[0] ?? []));
    const found = new Map([...this.#found].filter(([address, { slot }]) => slots[slot]?.[0] === address));
    for (let tag = 0; found.size < primaries.size && tag < TAGS_MAX; tag++) {
      const key = trialKey(this.#relay, tag);
      const slot = keySlot(key);
      const address = slots[slot]?.[0];
      if (address !== undefined && !found.has(address)) found.set(address, { key, slot });
    }
    this.#found = found;
    return [...found.values()].map(({ key }) => key);
  }
}
