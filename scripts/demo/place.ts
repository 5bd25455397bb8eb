// Where the demo's calls take place. Nothing outside this machine has these names.
export const PROJECT = 'demo-project';
export const LOCATION = `projects/${PROJECT}/locations/global`;
/** By which a desktop finds the conversation. */
export const PHONE = '+15550100';
