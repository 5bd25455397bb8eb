// Names that Google refuses, some of them minutes later. Each function says what is wrong with a name, without the name.
import { editDistance, nearest } from '../../cli/nearest.ts';

/**
 * Regions of Cloud Run, for a hint only: a region that is not in the list is taken.
 * https://cloud.google.com/run/docs/locations
 */
export const REGIONS: readonly string[] = [
  ...['africa-south1', 'asia-east1', 'asia-east2', 'asia-northeast1', 'asia-northeast2', 'asia-northeast3'],
  ...['asia-south1', 'asia-south2', 'asia-southeast1', 'asia-southeast2', 'australia-southeast1'],
  ...[
    'australia-southeast2',
    'europe-central2',
    'europe-north1',
    'europe-north2',
    'europe-southwest1',
    'europe-west1',
  ],
  ...['europe-west2', 'europe-west3', 'europe-west4', 'europe-west6', 'europe-west8', 'europe-west9'],
  ...['europe-west10', 'europe-west12', 'me-central1', 'me-central2', 'me-west1', 'northamerica-northeast1'],
  ...['northamerica-northeast2', 'southamerica-east1', 'southamerica-west1', 'us-central1', 'us-east1'],
  ...['us-east4', 'us-east5', 'us-south1', 'us-west1', 'us-west2', 'us-west3', 'us-west4'],
];

export function regionFault(text: string): string | undefined {
  if (/^[a-z]+-[a-z]+\d+$/.test(text)) return placeFault(text);
  if (text === 'global') return 'Cloud Run and Redis need a region, and global is not one';
  const [, region] = /^([a-z]+-[a-z]+\d+)-[a-z]$/.exec(text) ?? [];
  if (region !== undefined) return `that is a zone of ${region}`;
  const meant = nearest(text.toLowerCase(), REGIONS);
  return meant === undefined ? 'it is not the name of a region' : `the nearest region is ${meant}`;
}

/** A new region may be in a new place, and no place is but one letter away from another. */
function placeFault(region: string): string | undefined {
  const place = placeOf(region);
  const places = new Set(REGIONS.map(placeOf));
  if (places.has(place)) return undefined;
  const meant = [...places].find((each) => editDistance(place, each) === 1);
  if (meant === undefined) return undefined;
  const number = region.slice(place.length);
  const isThere = REGIONS.includes(`${meant}${number}`);
  return `the nearest region is ${isThere ? `${meant}${number}` : REGIONS.find((each) => placeOf(each) === meant)}`;
}

/** `us-central` of `us-central1`. */
function placeOf(region: string): string {
  return region.replace(/\d+$/, '');
}

/** 6 to 30 characters, perhaps with a domain before it. https://cloud.google.com/resource-manager/docs/creating-managing-projects */
export function projectFault(text: string): string | undefined {
  if (/^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(text)) return undefined;
  if (/^\d+$/.test(text)) return 'that is a number, and perhaps the number of the project';
  if (/[A-Z]/.test(text)) return 'the id of a project has no capital letters';
  return 'the id of a project has 6 to 30 lower-case letters, digits and hyphens, and begins with a letter';
}

/** https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names */
export function topicFault(text: string): string | undefined {
  if (/^goog/i.test(text)) return 'Pub/Sub takes no name that begins with goog';
  if (text.includes('/')) return 'it is the id alone, without projects/…/topics/';
  return /^[A-Za-z][\w.~+%-]{2,254}$/.test(text) ? undefined : 'it is not the id of a topic';
}

const CONNECTOR_MAX = 20;

/** Serverless VPC Access, "Create a connector": less than 21 characters, and hyphens count as two. */
export function connectorFault(text: string): string | undefined {
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(text)) return 'it is not the name of a connector';
  const counted = text.length + (text.match(/-/g)?.length ?? 0);
  return counted <= CONNECTOR_MAX ? undefined : `it counts ${counted} characters: each hyphen counts twice`;
}

/** Service accounts of users and of Google's compute, build and App Engine services. IAM, "Types of service accounts". */
const ACCOUNT_DOMAIN = /^(?:[a-z0-9.-]+\.iam|developer|appspot|cloudbuild)\.gserviceaccount\.com$/;

export function accountFault(text: string): string | undefined {
  const [, name, domain] = /^([^@\s]+)@([^@\s]+)$/.exec(text) ?? [];
  if (name === undefined || domain === undefined) return 'it is the whole address, with an @';
  if (name.includes(':')) return 'it is the address alone, without what stands before the colon';
  if (ACCOUNT_DOMAIN.test(domain)) return undefined;
  if (/gserv|iam/i.test(domain)) return 'the address ends in .iam.gserviceaccount.com';
  return 'that is not the address of a service account, which ends in .iam.gserviceaccount.com';
}

/**
 * Names of notification channels, parted by commas. The console shows the id alone.
 * https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.notificationChannels
 */
export function channelsFault(text: string): string | undefined {
  for (const name of channelsIn(text)) {
    if (/^projects\/[a-z0-9][a-z0-9.:-]*\/notificationChannels\/\d+$/.test(name)) continue;
    if (/^\d+$/.test(name)) return 'the id alone is not enough';
    if (name.includes('@')) return 'an address is no channel: make a channel of it first';
    return 'it is not the name of a notification channel';
  }
  return undefined;
}

export function channelsIn(text: string): string[] {
  return [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '');
}

/** The project that an address names; undefined for accounts that Google names after a number. */
export function projectOfAccount(email: string): string | undefined {
  const [, domain] = /@([a-z0-9.-]+)\.iam\.gserviceaccount\.com$/.exec(email) ?? [];
  // In a domain-scoped project, `example.com:project`, the parts change places.
  return domain?.replace(/^([^.]+)\.(.+)$/, '$2:$1');
}
