import { type Finding, fault } from '../doctor/finding.ts';
import type { Published, PublishedKind } from './published-topics.ts';

const DEPLOY_PROFILE = 'npm run deploy -- --only profile';

/** Where the conversation profile publishes what no function takes. */
export function judgePublished({ profile, kinds }: Published): Finding[] {
  if (profile === '')
    return [fault('profile', 'there is no conversation profile of the name in the settings', DEPLOY_PROFILE)];
  const silent = kinds.filter(({ topic }) => topic === '').map(({ kind }) => kind);
  const found = kinds.flatMap((each) => (each.topic === '' ? [] : judgeKind(each)));
  if (silent.length > 0)
    found.push(fault('profile', `the profile publishes no ${silent.join(', no ')}`, DEPLOY_PROFILE));
  return found;
}

function judgeKind({ kind, topic, messageFormat, expected, isHeard }: PublishedKind): Finding[] {
  const found: Finding[] = [];
  if (isHeard === false)
    found.push(
      fault(
        'profile',
        `the profile publishes ${kind} to topic ${topic}, but no function listens to ${topic}`,
        topic === expected
          ? 'npm run deploy -- --only functions'
          : `${DEPLOY_PROFILE} points it at ${expected}`,
      ),
    );
  else if (topic !== expected && isHeard === undefined)
    found.push(
      fault(
        'profile',
        `the profile publishes ${kind} to topic ${topic}, but the function listens to ${expected}`,
        `${DEPLOY_PROFILE} points it at ${expected}`,
      ),
    );
  if (messageFormat !== 'JSON')
    found.push(
      fault(
        'profile',
        `the profile publishes ${kind} as ${messageFormat}, and functions drop all but JSON`,
        `${DEPLOY_PROFILE} sets its message_format to JSON`,
      ),
    );
  return found;
}
