import type { Explorer, Step } from 'automate-client';
import { useMemo, useRef, useState } from 'react';
import { duration } from '../../format.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonDiff } from '../../ui/json-diff.tsx';
import { useVirtualRows } from '../../ui/virtual-rows.ts';
import { aligned, type Pair, tookMs } from './aligned.ts';
import { words } from './words.ts';

const ROW_PX = 36;

/** The steps of two executions beside each other, and of one pair what went in and came out. */
export function StepPairs({ first, second }: { first: Explorer; second: Explorer }) {
  const text = useText();
  const own = useTextOf(words);
  const [isAll, setAll] = useState(false);
  const [openKey, setOpenKey] = useState<string>();
  const pairs = useMemo(() => aligned(first.steps, second.steps), [first.steps, second.steps]);
  const different = pairs.filter(({ isDifferent }) => isDifferent);
  const shown = isAll || different.length === 0 ? pairs : different;
  const open = pairs.find(({ key }) => key === openKey);
  return (
    <section className="card" aria-labelledby="h-pairs">
      <header className="lined">
        <h2 id="h-pairs">{own.steps}</h2>
        <span className="soft small">{different.length === 0 ? own.allSame : own.counts(different.length, pairs.length)}</span>
        <fieldset className="seg small push" aria-label={own.which}>
          <button type="button" aria-pressed={!isAll} onClick={() => setAll(false)}>
            {own.onlyDifferent}
          </button>
          <button type="button" aria-pressed={isAll} onClick={() => setAll(true)}>
            {own.all}
          </button>
        </fieldset>
      </header>
      {!(first.is_whole && second.is_whole) && (
        <p className="call" data-s="info">
          <Icon name="info" />
          <span>{own.notWhole}</span>
        </p>
      )}
      <Rows pairs={shown} openKey={openKey} onOpen={(key) => setOpenKey(key === openKey ? undefined : key)} />
      {open && (
        <div className="pair-data">
          <h3>{own.open(open.name)}</h3>
          <div className="two">
            <JsonDiff before={open.first?.input ?? null} after={open.second?.input ?? null} label={text.execution.input} />
            <JsonDiff
              before={open.first?.error ?? open.first?.output ?? null}
              after={open.second?.error ?? open.second?.output ?? null}
              label={text.execution.output}
            />
          </div>
        </div>
      )}
    </section>
  );
}

interface RowsProps {
  readonly pairs: readonly Pair[];
  readonly openKey: string | undefined;
  onOpen(key: string): void;
}

function Rows({ pairs, openKey, onOpen }: RowsProps) {
  const own = useTextOf(words);
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualRows(box, pairs.length, ROW_PX);
  const items = virtual.getVirtualItems();
  const [before, after] = [items[0]?.start ?? 0, virtual.getTotalSize() - (items.at(-1)?.end ?? 0)];
  return (
    <div ref={box} className="table-box pair-box" role="group" tabIndex={0} aria-label={own.steps}>
      <table className="table pairs" aria-rowcount={pairs.length + 1}>
        <thead>
          <tr>
            <th scope="col">{own.step}</th>
            <th scope="col">{own.first}</th>
            <th scope="col">{own.second}</th>
            <th scope="col" className="num">
              {own.difference}
            </th>
          </tr>
        </thead>
        <tbody>
          {before > 0 && (
            <tr aria-hidden="true">
              <td colSpan={4} style={{ height: before }} />
            </tr>
          )}
          {items.map(({ index }) => {
            const pair = pairs[index];
            return (
              pair && (
                <tr key={pair.key} aria-rowindex={index + 2} aria-selected={pair.key === openKey}>
                  <th scope="row">
                    <button
                      type="button"
                      className="link cut"
                      aria-expanded={pair.key === openKey}
                      onClick={() => onOpen(pair.key)}
                    >
                      {pair.name}
                    </button>
                  </th>
                  <Side step={pair.first} />
                  <Side step={pair.second} />
                  <td className="num soft">{differenceOf(pair, own)}</td>
                </tr>
              )
            );
          })}
          {after > 0 && (
            <tr aria-hidden="true">
              <td colSpan={4} style={{ height: after }} />
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

function Side({ step }: { step: Step | undefined }) {
  const text = useText();
  const own = useTextOf(words);
  if (!step) return <td className="soft">{own.missing}</td>;
  const took = tookMs(step);
  return (
    <td>
      <span className="status bare" data-s={step.status}>
        <Icon name={step.status} />
        {text.statuses[step.status]}
      </span>{' '}
      <span className="soft small">{took === undefined ? '' : duration(took)}</span>
    </td>
  );
}

function differenceOf({ first, second }: Pair, own: (typeof words)['en']): string {
  const [one, other] = [tookMs(first), tookMs(second)];
  if (one === undefined || other === undefined) return '–';
  if (one === other) return own.equal;
  return other < one ? own.faster(duration(one - other)) : own.slower(duration(other - one));
}
