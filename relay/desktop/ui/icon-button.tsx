import type { ButtonHTMLAttributes } from 'preact';
import { Icon, type IconName } from './icon.tsx';

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon'> {
  icon: IconName;
  /** What the button does; also its tooltip. */
  label: string;
}

/** A button that shows a picture. */
export function IconButton({ icon, label, class: className, ...rest }: IconButtonProps) {
  return (
    <button type="button" class={`icon-button ${className ?? ''}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}
