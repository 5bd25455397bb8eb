/** Limits of the streams to Dialogflow. */
export const STREAM_LIMITS = {
  /** Open streams of one connection. A page of the companion agent has one for each conversation. */
  streamsMax: 10,
  /**
   * Open streams of one relay, which agents share: one agent alone gets half. A relay on Cloud Run has at most 1,000
   * connections, and an agent asks in one conversation at a time. Each stream has a connection to Dialogflow of its own.
   */
  openStreamsMax: 500,
  /** Messages of one stream that wait until Dialogflow has taken those before. */
  sendsWaitingMax: 16,
  /**
   * Bytes of messages of all streams that wait, as JSON, which agents share. A message has a few kilobytes, so half of
   * them is enough for 1,000 questions at once. An object takes up to 13 times the length of its JSON in memory.
   */
  sendsWaitingMaxBytes: 16 * 1024 * 1024,
  /** Longest message to a desktop, in bytes. */
  messageOutMaxBytes: 1024 * 1024,
  /** Bytes that wait for a desktop, events included, above which its streams are not read. */
  waitingMaxBytes: 64 * 1024,
  /** How often it is checked that the agents of open streams may still have them, in milliseconds. */
  recheckMs: 2_000,
  /** Time until a connection to Dialogflow is there, in milliseconds. */
  connectTimeoutMs: 10_000,
  /** Time until the answer to an open is complete, in milliseconds; a GET's answer starts within it, too. */
  openTimeoutMs: 30_000,
  /** Time until the answer to a message is complete, in milliseconds. */
  sendTimeoutMs: 10_000,
  /** Time that Dialogflow may send nothing on an open stream, in milliseconds. It sends keep-alives more often. */
  silenceMaxMs: 60_000,
  /** Age at which a stream ends, in milliseconds. A question takes seconds. */
  streamAgeMs: 10 * 60_000,
  /** Longest chunk of Dialogflow's, in UTF-16 units. An answer with its sources is some kilobytes. */
  chunkMaxUnits: 1024 * 1024,
  /** GETs in a row that end without a message before the stream is given up. */
  fruitlessReceivesMax: 4,
  /** Pause before a GET that follows a fruitless one, in milliseconds; it doubles with each. */
  receiveRetryMs: 250,
};

export type StreamLimits = Readonly<typeof STREAM_LIMITS>;
