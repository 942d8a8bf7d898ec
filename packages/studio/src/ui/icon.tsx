import { type IconName, icons } from './icons.tsx';

export type { IconName };

/** @param size of its box: 14, 16 or 20 px. It says nothing to screen readers: what it means stands beside it, or in the label of its button. */
export function Icon({ name, size }: { name: IconName; size?: 's' | 'l' }) {
  return (
    <svg className={size ? `icon icon-${size}` : 'icon'} viewBox="0 0 16 16" aria-hidden="true">
      {icons[name]}
    </svg>
  );
}
