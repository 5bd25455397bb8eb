/** An event with an acknowledgement id in the namespace `/`: Socket.IO protocol 5, packet type 2. */
const EVENT_WITH_ID = /^2(\d{1,15})\[/;

/**
 * The acknowledgement ids of one connection. A page's socket.io-client counts them over all its connections. So the
 * first id distinguishes a new page (0) from one that was connected before.
 */
export class AcknowledgementIds {
  #first: number | undefined;
  #next = 0;

  /** The first id. None before the desktop has asked for an acknowledgement. */
  get first(): number | undefined {
    return this.#first;
  }

  /** One more than the greatest id. */
  get next(): number {
    return this.#next;
  }

  /** Takes a Socket.IO packet of the desktop. */
  take(packet: unknown): void {
    const id = typeof packet === 'string' ? EVENT_WITH_ID.exec(packet)?.[1] : undefined;
    if (id === undefined) return;
    this.#first ??= Number(id);
    this.#next = Math.max(this.#next, Number(id) + 1);
  }
}
