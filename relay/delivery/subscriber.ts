import type { Logger } from '../../shared/log.ts';

/** What a process hears through: the channels of its rooms, and one of its own. */
export interface Subscriber {
  /** Resolves when Redis has confirmed the subscription. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  close(): void;
}

export interface SubscriberEvents {
  /** A channel that only this process subscribes. */
  ownChannel: string;
  logger: Logger;
  /** A message of one of the conversations' channels. */
  onMessage(channel: string, message: string): void;
  /** A message of {@link SubscriberEvents.ownChannel}. */
  onOwnMessage(message: string): void;
  /** These channels were lost and are subscribed again: messages may be missing. */
  onRestored(channels: readonly string[]): void;
}
