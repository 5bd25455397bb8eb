import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRelayConfig } from '../../relay/config.ts';
import { ConfigError } from '../../shared/errors.ts';

const REQUIRED = { GCP_PROJECT_ID: 'demo-project' };

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readRelayConfig({ ...REQUIRED, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

test('the project is all that must be set', () => {
  assert.equal(
    { ...readRelayConfig(REQUIRED) },
    {
      projectId: 'demo-project',
      projectNumber: undefined,
      redisHost: 'localhost',
      redisPort: 6379,
      redisAuth: undefined,
      redisAuthMode: 'password',
      metadataHost: '169.254.169.254',
      redisTlsCa: undefined,
      redisSecurity: 'plain',
      logLevel: 'info',
      historySize: 1000,
      historyTtlSeconds: 86_400,
      port: 8080,
      jwtSecretKeyPath: '/secret/jwt_secret_key',
      jwtSecretName: undefined,
      sessionMaxSeconds: 43_200,
      jwtLifetimeSeconds: 3600,
      allowedOrigins: undefined,
      replayOnJoin: 'missed',
      dialogflowEndpoint: undefined,
      webChannelEndpoint: undefined,
      desktop: false,
      loggingFile: undefined,
      authOptions: [],
      providerParameter: 'optional',
      appAuthOption: undefined,
      salesforceDomain: undefined,
      salesforceOrganizationId: undefined,
      genesysEnvironment: undefined,
      genesysOrganizationId: undefined,
      genesysAnyOrganization: undefined,
      twilioFlexEnvironment: undefined,
      twilioAccountSid: undefined,
      cloudRunService: undefined,
      skipOnCloudRun: undefined,
      allowedLocations: undefined,
      authorizerUrl: undefined,
      authorizerToken: undefined,
      authorizerOnFailure: 'deny',
      redisCluster: false,
      metricsPort: undefined,
      oidcIssuer: undefined,
      oidcAudience: undefined,
      oidcRequiredClaims: [],
      oidcRoleClaim: undefined,
      oidcAgentRoles: ['agent'],
      oidcSupervisorRoles: ['supervisor'],
      oidcConversationsClaim: undefined,
      adminTokenPath: undefined,
      adminTokenName: undefined,
      trustedProxies: undefined,
      analyzeContentPerMinute: 300,
      socketIoOffsets: 'browsers',
      serviceCallers: [],
      serviceAudience: undefined,
      five9TrustToken: undefined,
      five9TrustTokenPath: undefined,
      five9TrustTokenName: undefined,
      traces: 'off',
      tracesSampleRatio: 0.01,
      otlpEndpoint: 'http://localhost:4318',
    },
  );
});

const ACCEPTED: [env: string, text: string, property: string, value: unknown][] = [
  ['PORT', '9000', 'port', 9000],
  ['PORT', '0', 'port', 0],
  ['AUTH_OPTION', 'Skip', 'authOptions', ['Skip']],
  ['AUTH_OPTION', '', 'authOptions', []],
  ['JWT_SECRET_KEY_PATH', '/run/key', 'jwtSecretKeyPath', '/run/key'],
  ['JWT_SECRET_NAME', 'projects/p/secrets/s', 'jwtSecretName', 'projects/p/secrets/s'],
  ['SESSION_MAX_SECONDS', '0', 'sessionMaxSeconds', 0],
  ['JWT_LIFETIME_SECONDS', '1', 'jwtLifetimeSeconds', 1],
  ['JWT_LIFETIME_SECONDS', '86400', 'jwtLifetimeSeconds', 86_400],
  ['CORS_ALLOWED_ORIGINS', '', 'allowedOrigins', undefined],
  ['CORS_ALLOWED_ORIGINS', 'https://A.example.com', 'allowedOrigins', ['https://a.example.com']],
  [
    'CORS_ALLOWED_ORIGINS',
    'https://a.example.com/, https://*.b.example.com:8443,',
    'allowedOrigins',
    ['https://a.example.com', 'https://*.b.example.com:8443'],
  ],
  ['REPLAY_ON_JOIN', 'all', 'replayOnJoin', 'all'],
  ['REPLAY_ON_JOIN', 'none', 'replayOnJoin', 'none'],
  ['SOCKET_IO_OFFSETS', 'all', 'socketIoOffsets', 'all'],
  ['SOCKET_IO_OFFSETS', 'off', 'socketIoOffsets', 'off'],
  ['DIALOGFLOW_ENDPOINT', 'http://127.0.0.1:9000', 'dialogflowEndpoint', 'http://127.0.0.1:9000'],
  ['DIALOGFLOW_ENDPOINT', 'https://df.example.com/', 'dialogflowEndpoint', 'https://df.example.com'],
  ['DIALOGFLOW_WEBCHANNEL_ENDPOINT', 'http://127.0.0.1:9000', 'webChannelEndpoint', 'http://127.0.0.1:9000'],
  ['DESKTOP', 'on', 'desktop', true],
  ['DESKTOP', 'off', 'desktop', false],
  ['LOGGING_FILE', '/var/log/relay.log', 'loggingFile', '/var/log/relay.log'],
];

for (const [env, text, property, value] of ACCEPTED) {
  test(`${env}="${text.slice(0, 20)}" is ${JSON.stringify(value)?.slice(0, 24) ?? 'unset'}`, () => {
    const config: Record<string, unknown> = readRelayConfig({ ...REQUIRED, [env]: text });
    assert.equal(config[property], value);
  });
}

const REFUSED: [env: string, text: string][] = [
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', 'http'],
  ['AUTH_OPTION', 'skip'],
  ['AUTH_OPTION', 'Okta'],
  ['AUTH_OPTION', '__proto__'],
  ['AUTH_OPTION', 'toString'],
  ['JWT_SECRET_NAME', '../secret'],
  ['JWT_SECRET_NAME', 'projects/p/secrets/s/versions/1'],
  ['SESSION_MAX_SECONDS', '-1'],
  ['SESSION_MAX_SECONDS', '604801'],
  ['JWT_LIFETIME_SECONDS', '0'],
  ['JWT_LIFETIME_SECONDS', '86401'],
  ['CORS_ALLOWED_ORIGINS', '*'],
  ['CORS_ALLOWED_ORIGINS', ' , '],
  ['CORS_ALLOWED_ORIGINS', 'https://a.example.com,b.example.com'],
  ['CORS_ALLOWED_ORIGINS', 'https://a.example.com;https://b.example.com'],
  ['REPLAY_ON_JOIN', 'some'],
  ['SOCKET_IO_OFFSETS', 'on'],
  ['DIALOGFLOW_ENDPOINT', 'dialogflow.example.com'],
  ['DIALOGFLOW_WEBCHANNEL_ENDPOINT', 'http://df.example.com/channel'],
  ['DIALOGFLOW_ENDPOINT', 'localhost:9000'],
  ['DIALOGFLOW_ENDPOINT', 'ftp://df.example.com'],
  ['DIALOGFLOW_ENDPOINT', 'http://user:secret@df.example.com'],
  ['DIALOGFLOW_ENDPOINT', 'http://df.example.com/v2'],
  ['DIALOGFLOW_ENDPOINT', 'http://df.example.com/?a=1'],
  ['DIALOGFLOW_ENDPOINT', 'http://df.example.com/#a'],
  ['DESKTOP', 'true'],
];

for (const [env, text] of REFUSED) {
  test(`${env}="${text.slice(0, 25)}" is refused`, () => {
    const [fault, ...others] = faultsOf({ [env]: text });
    assert.is(others.length, 0);
    assert.match(fault ?? '', new RegExp(`^${env} is not valid: set it to`));
    if (text.length > 4 && !['https://a.example.com,b.example.com', 'localhost:9000'].includes(text)) {
      assert.not.match(fault ?? '', text);
    }
  });
}

test('an unknown AUTH_OPTION is answered with the allowed ones', () => {
  assert.match(
    faultsOf({ AUTH_OPTION: 'Okta' })[0] ?? '',
    /set it to Salesforce, SalesforceLWC, GenesysCloud, Twilio, OIDC, Five9, Skip\b/,
  );
});

test('all faults are reported at once, the shared settings included', () => {
  const faults = faultsOf({ GCP_PROJECT_ID: '', PORT: 'x', DESKTOP: 'x', REDISPORT: 'x' });
  assert.equal(faults.map((fault) => fault.split(' ')[0]).sort(), [
    'DESKTOP',
    'GCP_PROJECT_ID',
    'PORT',
    'REDISPORT',
  ]);
});

test.run();
