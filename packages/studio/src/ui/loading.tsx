import { useText } from '../text/text.tsx';

/** Stands where a page will be. */
export function Loading() {
  const text = useText();
  return (
    <div className="body stack pt-6" role="status" aria-label={text.states.loading}>
      {[40, 90, 70, 80].map((width) => (
        <span key={width} className="bone on" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
