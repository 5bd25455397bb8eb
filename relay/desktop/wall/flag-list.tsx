import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';
import { type Flag, isCritical } from './flags.ts';

/** What is wrong with a call, in words. */
export function FlagList({ flags }: { flags: readonly Flag[] }) {
  return (
    <span class="flags">
      {flags.map((flag) => (
        <span key={flag} class="flag" data-level={isCritical(flag) ? 'critical' : 'warning'}>
          {isCritical(flag) && <Icon name="alert" />}
          {t(`wall.flag.${flag}`)}
        </span>
      ))}
    </span>
  );
}
