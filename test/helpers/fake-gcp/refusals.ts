// What Google refuses, and gcloud passes on unchecked. Each wording is Google's, from the place that is named beside it;
// where none is named it is the fake's own.
import { REGIONS } from '../../../scripts/deploy/settings/google-names.ts';
import { bodyFault } from './body-refusals.ts';
import { GATED } from './established.ts';
import { type Answer, failure, PROJECT_NUMBER, type Request, type State } from './state.ts';

/** Why Google would refuse the request before it looks at anything else. */
export function refusal(request: Request, state: State): Answer | undefined {
  return apiFault(request, state) ?? regionFault(request) ?? nameFault(request) ?? bodyFault(request, state);
}

/** Source: gcloud's api_enablement.py, which looks for these words. */
function apiFault({ api }: Request, state: State): Answer | undefined {
  const service = `${api}.googleapis.com`;
  if (!GATED.includes(api) || state.apis.has(service)) return undefined;
  return failure(
    403,
    'PERMISSION_DENIED',
    `${api} API has not been used in project ${PROJECT_NUMBER} before or it is disabled. Enable it by visiting ` +
      `https://console.developers.google.com/apis/api/${service}/overview?project=${PROJECT_NUMBER} then retry. If you ` +
      'enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.',
    [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'SERVICE_DISABLED',
        domain: 'googleapis.com',
      },
    ],
  );
}

/** Source: hashicorp/terraform-provider-google, issue 4714, for Cloud Functions. */
function regionFault({ path, region }: Request): Answer | undefined {
  const [, location = region] = /(?:^|\/)(?:locations|regions)\/([^/:]+)/.exec(path) ?? [];
  if (location === undefined || location === 'global' || REGIONS.includes(location)) return undefined;
  return failure(
    403,
    'PERMISSION_DENIED',
    `Permission denied on 'locations/${location}' (or it may not exist).`,
  );
}

interface NameRule {
  api: string;
  /** Finds the name in the path, or else {@link parameter} has it. */
  path: RegExp;
  parameter?: string;
  isRight(name: string): boolean;
}

const matches = (pattern: RegExp) => (name: string) => pattern.test(name);
const hyphensTwice = (name: string) => name.length + (name.match(/-/g)?.length ?? 0);

const NAMES: readonly NameRule[] = [
  {
    api: 'pubsub',
    path: /^v1\/projects\/[^/]+\/(?:topics|subscriptions)\/([^/:]+)$/,
    isRight: matches(/^(?!goog)[A-Za-z][\w.~+%-]{2,254}$/),
  },
  { api: 'secretmanager', path: /\/secrets$/, parameter: 'secretId', isRight: matches(/^[\w-]{1,255}$/) },
  {
    api: 'redis',
    path: /\/instances$/,
    parameter: 'instanceId',
    isRight: matches(/^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/),
  },
  {
    api: 'vpcaccess',
    path: /\/connectors$/,
    parameter: 'connectorId',
    isRight: (name) => /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(name) && hyphensTwice(name) < 21,
  },
  {
    api: 'cloudfunctions',
    path: /\/functions$/,
    parameter: 'functionId',
    isRight: matches(/^[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?$/),
  },
  {
    api: 'eventarc',
    path: /\/triggers$/,
    parameter: 'triggerId',
    isRight: matches(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  },
];

function nameFault({ method, api, path, query }: Request): Answer | undefined {
  if (method !== 'POST' && method !== 'PUT') return undefined;
  for (const rule of NAMES) {
    const match = rule.api === api ? rule.path.exec(path) : null;
    const name = match?.[1] ?? query.get(rule.parameter ?? '');
    if (match !== null && typeof name === 'string' && !rule.isRight(name))
      return failure(400, 'INVALID_ARGUMENT', `Invalid resource name given (name=${name}).`);
  }
  return undefined;
}
