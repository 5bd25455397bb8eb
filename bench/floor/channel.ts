/** The channel on which the floors publish. */
export const FLOOR_CHANNEL = 'floor';
