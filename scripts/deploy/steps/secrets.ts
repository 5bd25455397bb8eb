import type { Argv, Input, Step, Task } from '../../gcloud/step.ts';
import { type Account, type DeploySettings, usesOwnCluster } from '../settings/deploy-settings.ts';
import { OWNED_FLAG, revocableBinding, sharesProject, undoLabelled } from './ownership.ts';
import { type Binding, binding, exists } from './predicates.ts';

/** 32 bytes, written as 64 hexadecimal digits. */
const KEY_BYTES = 32;

/** The secrets with the AUTH string and the certificate authority of the instance, which share its name. */
export function redisSecrets({ redisInstance }: DeploySettings): { auth: string; authority: string } {
  return { auth: `${redisInstance}-auth`, authority: `${redisInstance}-ca` };
}

export const grantPermissions = ['secretmanager.secrets.getIamPolicy', 'secretmanager.secrets.setIamPolicy'];

export const secretPermissions = [
  'secretmanager.secrets.create',
  'secretmanager.secrets.get',
  ...grantPermissions,
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
    permissions: secretPermissions,
    tasks: [
      secretTask(settings, jwtSecret),
      randomVersion(jwtSecret, `a key of ${KEY_BYTES * 8} random bits in ${jwtSecret}`),
      binding(access(jwtSecret, 'the relay', settings.relayAccount)),
    ],
  };
}

/** Whether the deployment makes the secret of the admin token: one of another project is that project's. */
export function makesAdminToken({ adminTokenSecret }: DeploySettings): boolean {
  return adminTokenSecret !== 'none' && !adminTokenSecret.includes('/');
}

/** The token of the administrators. As with the key, what somebody put there stays. */
export function adminTokenStep(settings: DeploySettings): Step {
  const { adminTokenSecret, relayAccount } = settings;
  return {
    key: 'admin-token',
    title: 'Create the token of the administrators',
    needs: ['apis', 'accounts'],
    permissions: secretPermissions,
    tasks: [
      secretTask(settings, adminTokenSecret),
      randomVersion(adminTokenSecret, `a token of ${KEY_BYTES * 8} random bits in ${adminTokenSecret}`),
      binding(access(adminTokenSecret, 'the relay', relayAccount)),
    ],
  };
}

/** The AUTH string and the certificate authority of Redis, copied whenever Memorystore has new ones. */
export function redisSecretsStep(settings: DeploySettings): Step {
  const { redisInstance, region, relayAccount, functionsAccount } = settings;
  const isCluster = usesOwnCluster(settings);
  const secrets = redisSecrets(settings);
  const isShared = sharesProject(settings);
  const accessor = (secret: string, who: string, account: Account) =>
    isShared
      ? revocableBinding({ ...access(secret, who, account), account, permissions: grantPermissions })
      : binding(access(secret, who, account));
  const instance = [redisInstance, `--region=${region}`];
  const authString = [
    'gcloud',
    'redis',
    'instances',
    'get-auth-string',
    ...instance,
    '--format=value(authString)',
  ];
  const authority = isCluster
    ? [
        ...['gcloud', 'redis', 'clusters', 'get-cluster-certificate-authority', ...instance],
        '--format=value(managedServerCa.caCerts[].certificates.flatten(separator="\n"))',
      ]
    : [
        'gcloud',
        'redis',
        'instances',
        'describe',
        ...instance,
        '--format=value(serverCaCerts[].cert.list(separator="\n"))',
      ];
  return {
    key: 'redis-secrets',
    title: isCluster
      ? 'Copy the certificate authority of Redis into a secret'
      : 'Copy the password and the certificate authority of Redis into secrets',
    needs: ['accounts', 'redis'],
    permissions: [
      ...secretPermissions,
      'secretmanager.versions.access',
      ...(isCluster ? ['redis.clusters.get'] : ['redis.instances.get', 'redis.instances.getAuthString']),
    ],
    tasks: [
      ...(isCluster ? [] : copyTasks(settings, secrets.auth, authString)),
      ...copyTasks(settings, secrets.authority, authority),
      ...(isCluster ? [secrets.authority] : Object.values(secrets)).flatMap((secret) => [
        accessor(secret, 'the relay', relayAccount),
        accessor(secret, 'the functions', functionsAccount),
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

/** A version of an empty secret. */
function randomVersion(secret: string, title: string): Task {
  return {
    title,
    // Versions of any state: a disabled one was switched off by somebody, and a new one is not ours to give.
    reads: [['gcloud', 'secrets', 'versions', 'list', secret, '--limit=1', '--format=value(name)']],
    isDone: ([list]) => list?.found === true && list.text.trim() !== '',
    change: addVersion(secret, { from: 'random', bytes: KEY_BYTES }),
  };
}

function copyTasks(settings: DeploySettings, secret: string, source: Argv): Task[] {
  return [
    secretTask(settings, secret, { isShared: sharesProject(settings) }),
    {
      title: `the current value in ${secret}`,
      reads: [source, ['gcloud', 'secrets', 'versions', 'access', 'latest', `--secret=${secret}`]],
      isDone: ([there, copy]) =>
        there?.found === true && copy?.found === true && there.text.trim() === copy.text.trim(),
      change: addVersion(secret, { from: 'command', argv: source }),
    },
  ];
}

/** @param how `holdsData`: its value cannot be made again, so that a teardown keeps it unless asked. */
export function secretTask(
  { region }: DeploySettings,
  secret: string,
  { isShared = false, holdsData = true } = {},
): Task {
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
    undo: undoLabelled({
      title: `secret ${secret}`,
      read,
      argv: ['gcloud', 'secrets', 'delete', secret],
      permissions: ['secretmanager.secrets.delete'],
      holdsData,
      isShared,
    }),
  };
}

export function addVersion(secret: string, input: Input) {
  return { argv: ['gcloud', 'secrets', 'versions', 'add', secret, '--data-file=-'], input };
}

/** The right to read one secret. */
export function access(secret: string, who: string, { email }: Account): Binding {
  return {
    title: `${secret} for ${who}`,
    resource: ['secrets'],
    target: [secret],
    member: `serviceAccount:${email}`,
    role: 'roles/secretmanager.secretAccessor',
  };
}
