// The upper bounds of the histograms, in seconds.

/** How long reads of the log take: a healthy one under 5 ms, and a command is given up after a second. */
export const READ_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** From publish to delivery: well under a second, until Pub/Sub delivers again what a function did not take. */
export const DELIVERY_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Calls to Dialogflow: a refusal takes milliseconds, a summary seconds, and after 30 s the relay gives up. */
export const PROXY_BUCKETS_SECONDS = [0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
