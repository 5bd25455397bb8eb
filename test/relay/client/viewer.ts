import type { DeliveredEvent, Joined, Reset } from '../../../relay/client/index.ts';
import { INTERIM_KIND } from '../../../shared/event.ts';

/** What an application has seen of one conversation since it joined, and what was wrong with that. */
export class Viewer {
  readonly faults: string[] = [];
  /** Of the log; undefined while nothing of it was seen. */
  epoch: string | undefined;
  /** How many events of the log it has or knows to have missed; undefined until it has joined. */
  offset: number | undefined;
  events = 0;

  joined({ cursor, recovered }: Joined): void {
    const place = placeOf(cursor);
    if (this.offset === undefined) this.#moveTo(place);
    else if (
      recovered &&
      (place.offset !== this.offset || (place.offset > 0 && place.epoch !== this.epoch))
    ) {
      this.faults.push(`resumed at ${cursor} instead of ${this.epoch}.${this.offset}`);
    }
  }

  reset({ cursor }: Reset): void {
    this.#moveTo(placeOf(cursor));
  }

  event({ cursor, data_type }: DeliveredEvent): void {
    const place = placeOf(cursor);
    if (this.offset === undefined) {
      this.faults.push(`got ${cursor} before it had joined`);
      return;
    }
    const expected = data_type === INTERIM_KIND ? this.offset : this.offset + 1;
    if (place.offset !== expected || (this.epoch ?? place.epoch) !== place.epoch) {
      this.faults.push(`got ${cursor} after ${this.epoch}.${this.offset}`);
    }
    this.#moveTo(place);
    if (data_type !== INTERIM_KIND) this.events++;
  }

  #moveTo({ epoch, offset }: { epoch: string | undefined; offset: number }): void {
    this.epoch = epoch;
    this.offset = offset;
  }
}

/** Reads a cursor of the fake relay; only tests may. */
function placeOf(cursor: string): { epoch: string | undefined; offset: number } {
  if (cursor === '0') return { epoch: undefined, offset: 0 };
  const [epoch, offset] = cursor.split('.');
  return { epoch, offset: Number(offset) };
}
