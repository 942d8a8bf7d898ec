import type { EndpointTarget } from 'automate-client';
import { translated, useTextOf } from '../text/text.tsx';
import { Icon } from './icon.tsx';

const words = translated({ next: 'and if all of these fail' }, { next: 'e se falliscono tutti' });

/** Who is asked, in turn: those that share calls with their share of them, then those that are asked when all of them have failed. */
export function TargetChain({ targets }: { targets: readonly EndpointTarget[] }) {
  const text = useTextOf(words);
  return (
    <span className="target-chain">
      {stepsOf(targets).map((step, index) => (
        <span key={step[0]?.priority} className="contents">
          {index > 0 && (
            <>
              <Icon name="right" size="s" />
              <span className="sr">{text.next}</span>
            </>
          )}
          <span>
            {step.map(({ provider, model, weight }, at) => (
              <span key={`${provider}/${model}/${weight}`}>
                {at > 0 && ' · '}
                <code>{`${provider}/${model}`}</code>
                {step.length > 1 && <span className="soft"> {shareOf(weight, step)} %</span>}
              </span>
            ))}
          </span>
        </span>
      ))}
    </span>
  );
}

/** The same in one line, for a tooltip. */
export function chainText(targets: readonly EndpointTarget[]): string {
  return stepsOf(targets)
    .map((step) =>
      step
        .map(({ provider, model, weight }) => `${provider}/${model}${step.length > 1 ? ` ${shareOf(weight, step)} %` : ''}`)
        .join(' · '),
    )
    .join(' → ');
}

/** Targets of one priority together, the lowest first. */
function stepsOf(targets: readonly EndpointTarget[]): readonly (readonly EndpointTarget[])[] {
  const steps = [...Map.groupBy(targets, ({ priority }) => priority)];
  return steps.toSorted(([left], [right]) => left - right).map(([, step]) => step);
}

function shareOf(weight: number, step: readonly EndpointTarget[]): number {
  return Math.round((weight / step.reduce((sum, each) => sum + each.weight, 0)) * 100);
}
