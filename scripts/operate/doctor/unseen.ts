import type { TaskError } from '../../gcloud/failure.ts';
import { type Finding, fault } from './finding.ts';

const GRANT = 'grant your account the permissions that npm run deploy -- --plan json lists';

/**
 * What could not be looked at.
 *
 * @param remedy For every reason but a missing permission, which no deployment mends.
 * @param subject What it was, where the check has several of them.
 * @param deed What failed, when it was not looking.
 * @param grant What a missing permission takes, where no step of the deployment takes it, too.
 */
export function unseen(
  check: string,
  { kind, message }: TaskError,
  remedy: string,
  {
    subject = '',
    deed = 'be looked at',
    grant = GRANT,
  }: Partial<Record<'subject' | 'deed' | 'grant', string>> = {},
): Finding {
  const isForbidden = kind === 'forbidden';
  const detail = `${subject} ${isForbidden ? 'may not' : 'cannot'} ${deed}: ${message}`;
  return fault(check, detail.trim(), isForbidden ? grant : remedy);
}
