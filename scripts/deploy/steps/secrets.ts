import type { DeploySettings } from '../settings.ts';
import type { Argv, Input, Step, Task } from '../step.ts';
import { OWNED_FLAG, undoLabelled } from './ownership.ts';
import { binding, exists } from './predicates.ts';

/** 32 bytes, written as 64 hexadecimal digits. */
const KEY_BYTES = 32;

export const REDIS_AUTH_SECRET = 'aa-integration-redis-auth';
export const REDIS_CA_SECRET = 'aa-integration-redis-ca';

const permissions = [
  'secretmanager.secrets.create',
  'secretmanager.secrets.get',
  'secretmanager.secrets.getIamPolicy',
  'secretmanager.secrets.setIamPolicy',
  'secretmanager.versions.add',
  'secretmanager.versions.list',
];

/** The key that signs the desktops' tokens. A version is added to an empty secret only: another one logs everybody out. */
export function jwtSecretStep(settings: DeploySettings): Step {
  const { jwtSecret } = settings;
  return {
    key: 'jwt-secret',
    title: 'Create the key that signs the tokens',
    needs: ['apis', 'accounts'],
    permissions,
    tasks: [
      secretTask(settings, jwtSecret),
      {
        title: `a key of ${KEY_BYTES * 8} random bits in ${jwtSecret}`,
        // Versions of any state: a disabled one was switched off by somebody, and a new key is not ours to give.
        reads: [['gcloud', 'secrets', 'versions', 'list', jwtSecret, '--limit=1', '--format=value(name)']],
        isDone: ([list]) => list?.found === true && list.text.trim() !== '',
        change: addVersion(jwtSecret, { from: 'random', bytes: KEY_BYTES }),
      },
      accessor(jwtSecret, 'the relay', settings.relayAccount.email),
    ],
  };
}

/** The AUTH string and the certificate authority of Redis, copied whenever Memorystore has new ones. */
export function redisSecretsStep(settings: DeploySettings): Step {
  const { redisInstance, region, relayAccount, functionsAccount } = settings;
  const instance = [redisInstance, `--region=${region}`];
  const authString = [
    'gcloud',
    'redis',
    'instances',
    'get-auth-string',
    ...instance,
    '--format=value(authString)',
  ];
  const authority = [
    'gcloud',
    'redis',
    'instances',
    'describe',
    ...instance,
    '--format=value(serverCaCerts[].cert.list(separator="\n"))',
  ];
  return {
    key: 'redis-secrets',
    title: 'Copy the password and the certificate authority of Redis into secrets',
    needs: ['accounts', 'redis'],
    permissions: [
      ...permissions,
      'secretmanager.versions.access',
      'redis.instances.get',
      'redis.instances.getAuthString',
    ],
    tasks: [
      ...copyTasks(settings, REDIS_AUTH_SECRET, authString),
      ...copyTasks(settings, REDIS_CA_SECRET, authority),
      ...[REDIS_AUTH_SECRET, REDIS_CA_SECRET].flatMap((secret) => [
        accessor(secret, 'the relay', relayAccount.email),
        accessor(secret, 'the functions', functionsAccount.email),
      ]),
    ],
  };
}

/** The newest enabled version's number. A deployment names it, so that an instance never mixes old and new. */
export function newestVersion(secret: string): Argv {
  return [
    'gcloud',
    'secrets',
    'versions',
    'list',
    secret,
    '--filter=state=ENABLED',
    '--sort-by=~createTime',
    '--limit=1',
    '--format=value(name.basename())',
  ];
}

function copyTasks(settings: DeploySettings, secret: string, source: Argv): Task[] {
  return [
    secretTask(settings, secret),
    {
      title: `the current value in ${secret}`,
      reads: [source, ['gcloud', 'secrets', 'versions', 'access', 'latest', `--secret=${secret}`]],
      isDone: ([there, copy]) =>
        there?.found === true && copy?.found === true && there.text.trim() === copy.text.trim(),
      change: addVersion(secret, { from: 'command', argv: source }),
    },
  ];
}

function secretTask({ region }: DeploySettings, secret: string): Task {
  const read = ['gcloud', 'secrets', 'describe', secret, '--format=json'];
  return {
    title: `secret ${secret}`,
    reads: [read],
    isDone: exists,
    change: {
      argv: [
        'gcloud',
        'secrets',
        'create',
        secret,
        '--replication-policy=user-managed',
        `--locations=${region}`,
        OWNED_FLAG,
      ],
    },
    undo: undoLabelled(`secret ${secret}`, read, ['gcloud', 'secrets', 'delete', secret], true),
  };
}

function addVersion(secret: string, input: Input) {
  return { argv: ['gcloud', 'secrets', 'versions', 'add', secret, '--data-file=-'], input };
}

/** The right to read one secret. */
export function accessor(secret: string, who: string, email: string): Task {
  return binding({
    title: `${secret} for ${who}`,
    resource: ['secrets'],
    target: [secret],
    member: `serviceAccount:${email}`,
    role: 'roles/secretmanager.secretAccessor',
  });
}
