import { useRef } from 'preact/hooks';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';
import { FLAGS, type Flag, isCritical } from './flags.ts';
import { ThresholdsDialog } from './thresholds-dialog.tsx';
import type { Wall } from './wall.ts';

/** Chooses which calls are shown. */
export function FilterBar({ wall }: { wall: Wall }) {
  const field = useRef<HTMLInputElement>(null);
  const { live, byFlag } = wall.counts.value;
  const chosen = wall.flag.value;
  useShortcuts(
    [
      { keys: '/', label: 'wall.search', group: 'wall', run: () => field.current?.focus() },
      { keys: 'f', label: 'wall.key.nextFilter', group: 'wall', run: () => stepFilter(wall) },
    ],
    [],
  );
  return (
    <div class="wall-bar">
      <label class="wall-search">
        <Icon name="search" />
        <input
          ref={field}
          class="field"
          type="search"
          aria-label={t('wall.search')}
          placeholder={t('wall.id')}
          autoComplete="off"
          spellcheck={false}
          value={wall.query.value}
          onInput={({ currentTarget }) => (wall.query.value = currentTarget.value)}
        />
      </label>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot scroll sideways in every browser */}
      <div class="wall-filters" role="group" aria-label={t('wall.filter')}>
        <FilterButton
          label={t('wall.all')}
          count={live}
          isChosen={chosen === undefined}
          onClick={() => (wall.flag.value = undefined)}
        />
        {FLAGS.map((flag) => (
          <FilterButton
            key={flag}
            flag={flag}
            label={t(`wall.flag.${flag}`)}
            count={byFlag.get(flag) ?? 0}
            isChosen={chosen === flag}
            onClick={() => (wall.flag.value = chosen === flag ? undefined : flag)}
          />
        ))}
      </div>
      <ThresholdsDialog thresholds={wall.thresholds} />
    </div>
  );
}

interface FilterButtonProps {
  flag?: Flag;
  label: string;
  count: number;
  isChosen: boolean;
  onClick: () => void;
}

function FilterButton({ flag, label, count, isChosen, onClick }: FilterButtonProps) {
  const level = flag === undefined ? 'calm' : isCritical(flag) ? 'critical' : 'warning';
  return (
    <button
      type="button"
      class="filter"
      data-level={count === 0 ? 'none' : level}
      aria-pressed={isChosen}
      onClick={onClick}
    >
      {label} <span class="filter-count">{count}</span>
    </button>
  );
}

/** Goes on to the next flag that a call has, and at last to all calls. */
function stepFilter({ flag, counts }: Wall): void {
  const { byFlag } = counts.peek();
  const index = flag.peek() === undefined ? -1 : FLAGS.indexOf(flag.peek() as Flag);
  flag.value = FLAGS.slice(index + 1).find((next) => (byFlag.get(next) ?? 0) > 0);
}
