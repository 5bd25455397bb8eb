/** Variables of the reference and its tutorial that have nothing to set here, and why. */
export const UNUSED_VARIABLES: Readonly<Record<string, string>> = {
  BACKEND_DIR: 'the folders that are deployed are built from this repository',
  INTERCEPTOR_IMAGE_NAME: 'functions take the place of the interceptor, and have no image to name',
  INTERCEPTOR_SERVICE_NAME: 'four functions, named after their events, take the place of the interceptor',
  INTERCEPTOR_SERVICE_URL: 'Eventarc knows the address of each function',
  JWT_SECRET_KEY: 'the key is random and goes from this process to Secret Manager, never through a file',
  SUBSCRIPTION_NAME: 'Eventarc names the subscription of each function',
  TOPIC_ID: 'each of the four topics has a variable of its own',
  AGENT_ASSIST_NOTIFICATIONS_SUBSCRIPTION_ID: 'Eventarc names the subscription of each function',
  NEW_MESSAGE_NOTIFICATIONS_SUBSCRIPTION_ID: 'Eventarc names the subscription of each function',
  CONVERSATION_LIFECYCLE_NOTIFICATIONS_SUBSCRIPTION_ID: 'Eventarc names the subscription of each function',
  NEW_RECOGNITION_RESULT_NOTIFICATION_SUBSCRIPTION_ID: 'Eventarc names the subscription of each function',
};

/** A sentence for every such variable that is set. */
export function unusedNotes(env: Record<string, string | undefined>): string[] {
  return Object.entries(UNUSED_VARIABLES)
    .filter(([name]) => env[name] !== undefined && env[name] !== '')
    .map(([name, reason]) => `${name} is not used: ${reason}`);
}
