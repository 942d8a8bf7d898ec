import type { Explorer } from 'automate-client';
import { useCallback, useMemo } from 'react';
import { api } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { placeOfKey, stepKey } from '../../data/step-key.ts';
import { useTextOf } from '../../text/text.tsx';
import { Empty } from '../../ui/empty.tsx';
import { type GraphLike, GraphView, toGraphPath } from '../../ui/graph/graph.tsx';
import { nodeStates } from './node-states.ts';
import { words } from './words.ts';

interface GraphTabProps {
  readonly opened: Explorer;
  /** Key of the step whose panel is open. */
  readonly step: string | undefined;
  onStep(key: string): void;
}

/** The graph that an execution runs, each node as it stands. */
export function GraphTab({ opened, step, onStep }: GraphTabProps) {
  const own = useTextOf(words);
  const mayRead = useAllowed('workflows:read');
  const states = useMemo(() => nodeStates(opened, own.items), [opened, own]);
  const open = useCallback(
    async (path: string) => {
      const key = await keyAt(opened, path);
      if (key !== undefined) onStep(key);
    },
    [opened, onStep],
  );
  const { graph, execution } = opened;
  if (graph === null)
    return (
      <section className="pane" aria-label={own.graph}>
        {mayRead ? (
          <Empty icon="workflow" title={own.graphGone} note={own.graphGoneNote} />
        ) : (
          <Empty icon="lock" title={own.noGraph} note={own.noGraphNote} />
        )}
      </section>
    );
  return (
    <section className="pane graph-pane" aria-label={own.graph}>
      <GraphView
        graph={graph as GraphLike}
        states={states}
        selected={step === undefined ? undefined : toGraphPath(placeOfKey(step).node)}
        label={own.graphOf(execution.workflow?.name ?? '')}
        onOpen={(path) => void open(path).catch(() => undefined)}
      />
    </section>
  );
}

/** Of the steps of a node, the one that failed, else the latest. Nothing where it has not begun. */
async function keyAt({ steps, execution, is_whole: isWhole, nodes }: Explorer, path: string): Promise<string | undefined> {
  const here = steps.filter(({ node }) => toGraphPath(node) === path);
  const known = here.find(({ status }) => status === 'failed') ?? here.toSorted((one, other) => other.seq - one.seq)[0];
  if (known) return stepKey(known);
  if (isWhole || !path.includes('/')) return undefined;
  const hasFailed = (nodes.find((node) => node.path === path)?.counts.failed ?? 0) > 0;
  // The steps of a loop in a loop have the turn of it in their paths: its own name is looked for.
  const page = await api.executions.steps(execution.id, {
    within: path.split('/')[0] ?? '',
    search: path.slice(path.lastIndexOf('/')),
    limit: 50,
    ...(hasFailed && { status: 'failed' as const }),
  });
  const found = page.results.find(({ node }) => toGraphPath(node) === path);
  return found && stepKey(found);
}
