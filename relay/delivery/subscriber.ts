import type { Logger } from '../../shared/log.ts';

/** The pub/sub connections of a process, with the channels of its rooms. */
export interface Subscriber {
  /** Resolves when Redis has confirmed the subscription. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  close(): void;
}

export interface SubscriberEvents {
  logger: Logger;
  /** A message of one of the conversations' channels. */
  onMessage(channel: string, message: string): void;
  /** These channels were lost and are subscribed again: messages may be missing. */
  onRestored(channels: readonly string[]): void;
}
