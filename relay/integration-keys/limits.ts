/** Longest integration key, in characters. Phone numbers have 16, contact ids of the known desktops under 40. */
export const INTEGRATION_KEY_MAX_CHARS = 256;

/** How long an integration key leads to its conversation, in seconds: a day, longer than any call and its wrap-up. */
export const INTEGRATION_KEY_TTL_SECONDS = 24 * 60 * 60;
