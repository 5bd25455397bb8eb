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

/** Settings that other settings make void, with the reason where they do. */
const WITHOUT_EFFECT: readonly (readonly [
  names: readonly string[],
  rule: (env: Env) => string | undefined,
])[] = [
  [
    ['REDIS_INSTANCE_ID', 'REDIS_TIER', 'REDIS_SIZE_GB'],
    (env) => (env.REDIS_HOST ? 'REDIS_HOST names a Redis that exists' : undefined),
  ],
  [
    ['REDIS_TIER', 'REDIS_SIZE_GB'],
    (env) => (env.REDIS_KIND === 'cluster' ? 'REDIS_KIND is cluster' : undefined),
  ],
  [
    ['REDIS_SHARDS', 'REDIS_REPLICAS', 'REDIS_NODE_TYPE'],
    (env) => (env.REDIS_KIND === 'cluster' ? undefined : 'REDIS_KIND is not cluster'),
  ],
  [['REDIS_PORT'], (env) => (env.REDIS_HOST ? undefined : 'REDIS_HOST is not set')],
  [
    ['IMAGE_REPOSITORY', 'CONNECTOR_IMAGE_NAME'],
    (env) =>
      env.DEPLOY_FROM !== 'image'
        ? 'DEPLOY_FROM is not image'
        : env.RELAY_IMAGE && 'RELAY_IMAGE names an image that exists',
  ],
  [
    ['VPC_CONNECTOR_NAME', 'REDIS_IP_RANGE'],
    (env) => (env.FUNCTION_NETWORK === 'direct' ? 'FUNCTION_NETWORK is direct' : undefined),
  ],
  [
    ['CONVERSATION_PROFILE_NAME'],
    (env) => (env.CONVERSATION_PROFILE_ID ? 'CONVERSATION_PROFILE_ID is set, and wins' : undefined),
  ],
  ...['CONNECTOR', 'INTERCEPTOR', 'BUILD'].flatMap((prefix) => accountRules(`${prefix}_SERVICE_ACCOUNT`)),
];

type Env = Readonly<Record<string, string | undefined>>;

function accountRules(address: string): (typeof WITHOUT_EFFECT)[number][] {
  return [
    [
      [`${address}_NAME`],
      (env) =>
        [address, `${address}_ID`].filter((name) => env[name]).map((name) => `${name} is set, and wins`)[0],
    ],
    [[`${address}_ID`], (env) => (env[address] ? `${address} is set, and wins` : undefined)],
  ];
}

/** A sentence for every setting that has no effect beside the others. */
export function ineffectiveNotes(env: Env): string[] {
  return WITHOUT_EFFECT.flatMap(([names, rule]) => {
    const reason = rule(env);
    return reason ? names.filter((name) => env[name]).map((name) => `${name} has no effect: ${reason}`) : [];
  });
}
