// What the settings name and a deployment does not make. Without this look a typing error in such a name would end a
// deployment at the step that needs it, half an hour later and after all steps before it.
import type { ExecResult } from '../gcloud/exec.ts';
import { failureKind } from '../gcloud/failure.ts';
import { withProject } from '../gcloud/project.ts';
import { type Argv, at, lastPart } from '../gcloud/step.ts';
import type { Programs } from '../gcloud/tools.ts';
import { type DeploySettings, usesOwnCluster } from './settings/deploy-settings.ts';
import { REGIONS } from './settings/google-names.ts';
import { parseImage } from './settings/image-reference.ts';
import { showChannels } from './steps/alerts.ts';
import { describeAccount } from './steps/ownership.ts';
import { showProfile } from './steps/profile.ts';
import { digestOf } from './steps/relay-image.ts';
import { describeSubnet } from './steps/subnet.ts';

interface NamedThing {
  variable: string;
  /** Looks for it, and prints something where it is. */
  read: Argv;
  /** The end of a sentence that begins with the variable, where it is not there. */
  missing: string;
  /** The thing itself may be missing, and only its region may not. */
  isRegion?: true;
  /** What is wrong with it where it is there; the end of the same sentence. */
  faultOf?: (text: string) => string | undefined;
}

/** Google's answer for a region that does not exist, which is another than the one for a missing thing. */
const NO_REGION = /Permission denied on 'locations\//;

/**
 * What is not there, each a sentence that names the variable. What cannot be looked at, because an API is still off or a
 * permission is missing, is left to the step that needs it.
 */
export async function missingThings(settings: DeploySettings, { exec, signal }: Programs): Promise<string[]> {
  const answers = await Promise.all(
    namedThings(settings).map(async ({ variable, read, missing, isRegion, faultOf }) => {
      const result = await exec(withProject(read, settings), { signal });
      if (NO_REGION.test(result.stderr) || (!isRegion && isMissing(result))) return `${variable} ${missing}`;
      const fault = result.code === 0 ? faultOf?.(result.stdout) : undefined;
      return fault === undefined ? undefined : `${variable} ${fault}`;
    }),
  );
  return answers.filter((answer) => answer !== undefined);
}

/** A list without an entry is empty, and no failure. */
function isMissing(result: ExecResult): boolean {
  return result.code === 0 ? result.stdout.trim() === '' : failureKind(result) === 'missing';
}

/** Pure. */
export function namedThings(settings: DeploySettings): NamedThing[] {
  const { relayAccount, functionsAccount, buildAccount, relayImage, profileId, profileLocation } = settings;
  const { vpcNetwork, vpcSubnet, authorizerTokenSecret, relayEnv, region, redisInstance } = settings;
  const image = relayImage === undefined ? undefined : parseImage(relayImage);
  const accounts = [
    ['CONNECTOR_SERVICE_ACCOUNT', relayAccount],
    ['INTERCEPTOR_SERVICE_ACCOUNT', functionsAccount],
    ['BUILD_SERVICE_ACCOUNT', buildAccount],
  ] as const;
  const secrets = [
    ['AUTHORIZER_TOKEN_SECRET', authorizerTokenSecret],
    ['FIVE9_TRUST_TOKEN_NAME', relayEnv.FIVE9_TRUST_TOKEN_NAME],
  ] as const;
  return [
    ...(REGIONS.includes(region)
      ? []
      : [
          {
            variable: 'SERVICE_REGION',
            read: ['gcloud', 'redis', 'instances', 'describe', redisInstance, `--region=${region}`],
            missing: `is ${region}, and Google has no such region: gcloud run regions list names them all`,
            isRegion: true as const,
          },
        ]),
    ...accounts
      .filter(([, { id }]) => id === undefined)
      .map(([variable, account]) => ({
        variable,
        read: describeAccount(account),
        missing: `is ${account.email}, and there is no such service account: correct it, or leave it out`,
      })),
    // Without the name: some give the token itself.
    ...secrets.flatMap(([variable, name]) =>
      name === undefined
        ? []
        : [
            {
              variable,
              read: ['gcloud', 'secrets', 'describe', name, '--format=value(name)'],
              missing: 'names no secret of the project: gcloud secrets list shows those that are there',
            },
          ],
    ),
    ...(image === undefined || image.digest !== undefined
      ? []
      : [
          {
            variable: 'RELAY_IMAGE',
            read: digestOf(image),
            missing: `names an image that is not there: gcloud artifacts docker images list ${image.name} --include-tags lists those that are`,
          },
        ]),
    ...(profileId === undefined || profileId === 'none'
      ? []
      : [
          {
            variable: 'CONVERSATION_PROFILE_ID',
            read: showProfile(settings),
            missing: `is ${profileId}, and there is no such profile in ${profileLocation}: see CONVERSATION_PROFILE_LOCATION, too`,
          },
        ]),
    ...(settings.notificationChannels.length === 0
      ? []
      : [
          {
            variable: 'NOTIFICATION_CHANNELS',
            read: showChannels(settings),
            missing: `names a channel that is not there: gcloud beta monitoring channels list --project=${settings.projectId} lists those that are`,
          },
        ]),
    ...(usesOwnCluster(settings)
      ? [
          {
            variable: 'REDIS_KIND',
            read: ['gcloud', 'redis', 'instances', 'describe', redisInstance, `--region=${region}`],
            missing: `is cluster, and Google has no region ${region}`,
            isRegion: true as const,
            faultOf: () =>
              `is cluster, and ${redisInstance} is an instance, whose history does not move: set REDIS_INSTANCE_ID to another ` +
              `name for the cluster, or first take the instance away with REDIS_KIND=instance`,
          },
        ]
      : []),
    ...(vpcNetwork === 'default' && vpcSubnet === 'default'
      ? []
      : [
          {
            variable: 'VPC_SUBNET',
            read: describeSubnet(settings),
            missing: `is ${vpcSubnet}, and there is no such subnet in ${region}: gcloud compute networks subnets list shows those that are there`,
            faultOf: (text: string) => networkFault(text, settings),
          },
        ]),
  ];
}

function networkFault(text: string, { vpcNetwork, vpcSubnet }: DeploySettings): string | undefined {
  const network = lastPart(at(JSON.parse(text), 'network'));
  if (network === '' || network === vpcNetwork) return undefined;
  return `is ${vpcSubnet}, a subnet of the network ${network}, and VPC_NETWORK is ${vpcNetwork}: change one of them so that they match`;
}
