import { duration } from '../format.ts';
import { useText } from '../text/text.tsx';
import type { Axis } from './axis.ts';

/** The head of a timeline: what its rows are, where its gaps stand, and how long all of it took. */
export function AxisHead({ axis, label }: { axis: Axis; label: string }) {
  const text = useText();
  return (
    <div className="g-row g-head" role="row">
      <div role="columnheader">{label}</div>
      <div role="columnheader" className="lane">
        <span className="tick first" style={{ '--x': '0%' } as object}>
          0
        </span>
        {axis.gaps.map((gap) => (
          <span
            key={gap.x}
            className="tick gap"
            title={text.execution.gap(duration(gap.milliseconds))}
            style={{ '--x': `${gap.x + gap.width / 2}%` } as object}
          >
            {duration(gap.milliseconds)}
          </span>
        ))}
      </div>
      <div role="columnheader" className="g-dur">
        {duration(axis.end - axis.begin)}
      </div>
    </div>
  );
}

/** Hatches the gaps behind the rows. */
export function Guides({ axis }: { axis: Axis }) {
  return (
    <div className="guides" aria-hidden="true">
      {axis.gaps.map((gap) => (
        <b key={gap.x} style={{ '--x': `${gap.x}%`, '--w': `${gap.width}%` } as object} />
      ))}
    </div>
  );
}
