import type { ChannelMessage } from '../../../shared/stream/protocol.ts';

/**
 * One relay's subscription to a conversation's channel: keeps the order, takes its time, and loses whatever is said
 * while its connection is down. `'subscribed'` is Redis's confirmation after a reconnect; it comes in the same order.
 */
export class SimulatedChannel {
  #underWay: (ChannelMessage | 'subscribed')[] = [];
  #isConnected = true;

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** How much is under way. */
  get size(): number {
    return this.#underWay.length;
  }

  publish(message: ChannelMessage): void {
    if (this.#isConnected) this.#underWay.push(message);
  }

  /** The connection breaks: of what is under way, only the first `kept` still arrive. */
  disconnect(kept: number): void {
    this.#isConnected = false;
    this.#underWay = this.#underWay.slice(0, kept);
  }

  reconnect(): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.#underWay.push('subscribed');
  }

  next(): ChannelMessage | 'subscribed' | undefined {
    return this.#underWay.shift();
  }
}
