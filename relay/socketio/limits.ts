/** Limits of Socket.IO's connections. */
export const SOCKET_IO_LIMITS = {
  /** How often Engine.IO asks a desktop for a heartbeat, in milliseconds: its own default. */
  heartbeatMs: 25_000,
  /** How long a closed session of long polling waits for a poll to tell of that, in milliseconds: clients poll at once. */
  pollingCloseMs: 2_000,
  /** Tokens that one connection may try. A desktop tries one, and once more where it has got another. */
  connectAttemptsMax: 5,
};

export type SocketIoLimits = Readonly<typeof SOCKET_IO_LIMITS>;
