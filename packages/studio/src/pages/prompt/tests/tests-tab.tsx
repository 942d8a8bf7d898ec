import { changed } from '../../../data/search.ts';
import type { PartProps } from '../part-props.ts';
import { Overview } from './overview.tsx';
import { RunComparison } from './run-comparison.tsx';
import { RunView } from './run-view.tsx';
import { SetEditor } from './set-editor.tsx';

/** Test sets and their runs; by the address one set that is edited, one run, or two of them side by side. */
export function TestsTab(props: PartProps) {
  const { prompt, search, onOpen } = props;
  const { set, run, other } = search;
  const back = () => onOpen(changed(search, { set: undefined, run: undefined, other: undefined }));
  const shown = (id: string) => onOpen(changed(search, { set: undefined, run: id, other: undefined }));
  const compare = (one: string, beside: string) => onOpen(changed(search, { set: undefined, run: one, other: beside }));
  const shared = { prompt, onBack: back, onRun: shown, onCompare: compare };
  if (run && other) return <RunComparison {...shared} run={run} other={other} />;
  if (run) return <RunView key={run} {...shared} id={run} />;
  if (set) return <SetEditor key={set} {...shared} id={set} />;
  return <Overview {...shared} onSet={(id) => onOpen(changed(search, { set: id }))} />;
}
