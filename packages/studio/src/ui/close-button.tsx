import { Icon } from './icon.tsx';

/** @param className more of its classes */
export function CloseButton({ label, className = '', onClose }: { label: string; className?: string; onClose(): void }) {
  return (
    <button
      type="button"
      className={`btn icon-only plain small ${className}`.trim()}
      aria-label={label}
      title={label}
      onClick={onClose}
    >
      <Icon name="x" />
    </button>
  );
}
