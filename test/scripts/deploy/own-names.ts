/** Settings of a deployment that stands beside others of its project. @param suffix of all its names */
export function ownNames(suffix: string): Record<string, string> {
  return {
    FUNCTION_NAME_SUFFIX: suffix,
    CONNECTOR_SERVICE_NAME: `relay-${suffix}`,
    CONNECTOR_SERVICE_ACCOUNT_NAME: `relay-${suffix}`,
    INTERCEPTOR_SERVICE_ACCOUNT_NAME: `events-${suffix}`,
    CLOUD_RUN_PUBSUB_INVOKER_NAME: `invoker-${suffix}`,
    JWT_SECRET_NAME: `jwt-${suffix}`,
    ADMIN_TOKEN_NAME: `admin-${suffix}`,
    DEAD_LETTER_TOPIC_ID: `dead-letters-${suffix}`,
    CONVERSATION_PROFILE_NAME: `Profile ${suffix}`,
    AGENT_ASSIST_NOTIFICATIONS_TOPIC_ID: `suggestions-${suffix}`,
    NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: `messages-${suffix}`,
    CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: `lifecycle-${suffix}`,
    NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: `transcripts-${suffix}`,
  };
}
