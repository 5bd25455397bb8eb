/** Limits of the Dialogflow proxy. */
export const DIALOGFLOW_LIMITS = {
  /** Largest request body that goes to Dialogflow, in bytes. Its own requests are a few kilobytes. */
  bodyMaxBytes: 1024 * 1024,
  /** Time until an answer starts, and between two parts of it, in milliseconds: a summary takes seconds. */
  timeoutMs: 30_000,
};

export type DialogflowLimits = Readonly<typeof DIALOGFLOW_LIMITS>;
