/** Limits on what is answered before a token is seen. */
export const DOOR_LIMITS = {
  /** The longest namespace that is refused by name, in characters. Each connection gets one such answer. */
  namespaceMaxLength: 100,
};
