import { Icon } from './icon.tsx';

/** Opens and closes the rows below a row, by mouse; keys go to the grid. Without such rows, only its room. @param onToggle undefined: there are none */
export function Twist({ onToggle }: { onToggle: (() => void) | undefined }) {
  if (!onToggle) return <span className="no-twist" />;
  return (
    <button
      type="button"
      className="twist"
      tabIndex={-1}
      aria-hidden="true"
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      <Icon name="right" />
    </button>
  );
}
