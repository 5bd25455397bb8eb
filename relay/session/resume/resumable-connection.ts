/** The connection below a session whose desktop joins by name. */
export interface ResumableConnection {
  readonly connection: {
    /** Whether it has WebSocket pings. Long polling has none. */
    readonly canPing: boolean;
    /** Sends a ping, whose answer has this payload. */
    ping(mark: string): void;
    /** Ends it at once, without waiting for the other side. */
    cut(): void;
  };
  /** Sends an offset alone, without an event. */
  sendOffset(offset: string): void;
}
