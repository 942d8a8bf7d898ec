import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
  Handle,
  MarkerType,
  MiniMap,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { createContext, type KeyboardEvent, memo, useContext, useMemo, useRef, useState } from 'react';
import { useText, useTextOf } from '../../text/text.tsx';
import { Icon } from '../icon.tsx';
import type { DrawnGraph, DrawnStep, NodeState } from './drawn-graph.ts';
import { kindOf } from './kinds.ts';
import type { Boxes } from './layout.ts';
import { nextStep } from './next-step.ts';
import type { DrawnProps } from './outline.tsx';
import { useLayout } from './use-layout.ts';
import { words } from './words.ts';

type StepNode = Node<{ readonly step: DrawnStep }, 'step'>;
type StepEdge = Edge<{ readonly condition: string | undefined }, 'step'>;

/** What changes while one looks, so that nodes themselves stay as they are. */
interface Looks {
  readonly states: ReadonlyMap<string, NodeState>;
  readonly selected: string | undefined;
  /** The one that arrows move from. */
  readonly active: string | undefined;
  onOpen(path: string): void;
  onActive(path: string): void;
}

const Context = createContext<Looks>({ states: new Map(), selected: undefined, active: undefined, onOpen() {}, onActive() {} });
/** Beyond this, only what is seen is drawn. */
const DRAWN_AT_ONCE = 200;
const FIT = { padding: 0.12, maxZoom: 1, minZoom: 0.35 };
const nodeTypes = { step: memo(StepBox) };
const edgeTypes = { step: memo(StepLine) };

export default function Canvas(props: DrawnProps) {
  const boxes = useLayout(props.drawn);
  const text = useTextOf(words);
  if (!boxes) return <p className="graph-wait soft small">{text.drawing}</p>;
  return (
    <ReactFlowProvider>
      <Inside {...props} boxes={boxes} />
    </ReactFlowProvider>
  );
}

function Inside({ drawn, states, selected, label, onOpen, boxes }: DrawnProps & { boxes: Boxes }) {
  const text = useTextOf(words);
  const flow = useReactFlow();
  const box = useRef<HTMLElement>(null);
  const first = drawn.steps[0]?.path;
  const [active, setActive] = useState(first);
  const nodes = useMemo(() => nodesOf(drawn, boxes), [drawn, boxes]);
  const edges = useMemo(() => edgesOf(drawn), [drawn]);
  const at = active !== undefined && boxes.has(active) ? active : first;
  const looks = useMemo<Looks>(
    () => ({ states, selected, active: at, onOpen: (path) => onOpen?.(path), onActive: setActive }),
    [states, selected, at, onOpen],
  );
  const onKey = (event: KeyboardEvent) => {
    if (at === undefined || !event.key.startsWith('Arrow')) return;
    event.preventDefault();
    const to = nextStep(drawn, boxes, at, event.key);
    if (to === undefined) return;
    setActive(to);
    const target = flow.getInternalNode(to)?.internals.positionAbsolute;
    const size = boxes.get(to);
    if (target && size && !isSeen(box.current, to))
      void flow.setCenter(target.x + size.width / 2, target.y + size.height / 2, { zoom: flow.getZoom() });
    // What was not seen is drawn by the next frame but one.
    requestAnimationFrame(() => requestAnimationFrame(() => buttonOf(box.current, to)?.focus({ preventScroll: true })));
  };
  return (
    <Context value={looks}>
      <section ref={box} className="graph-canvas" aria-label={label} onKeyDown={onKey}>
        <p className="sr">{text.keys}</p>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          fitView
          fitViewOptions={FIT}
          minZoom={0.05}
          maxZoom={2}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          onlyRenderVisibleElements={drawn.steps.length > DRAWN_AT_ONCE}
          proOptions={{ hideAttribution: true }}
        >
          <MiniMap
            className="graph-map"
            pannable
            zoomable
            ariaLabel={text.map}
            nodeClassName={({ id }) => `map-${states.get(id)?.status ?? 'none'}`}
            nodeBorderRadius={6}
          />
          <Zoom />
        </ReactFlow>
      </section>
    </Context>
  );
}

function Zoom() {
  const text = useTextOf(words);
  const flow = useReactFlow();
  const buttons = [
    ['minus', text.zoomOut, () => flow.zoomOut()],
    ['plus', text.zoomIn, () => flow.zoomIn()],
    ['fit', text.fit, () => flow.fitView(FIT)],
  ] as const;
  return (
    <div className="graph-zoom">
      {buttons.map(([icon, name, run]) => (
        <button
          key={icon}
          type="button"
          className="btn icon-only plain small"
          aria-label={name}
          title={name}
          onClick={() => void run()}
        >
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}

function StepBox({ data: { step } }: NodeProps<StepNode>) {
  const text = useText();
  const { states, selected, active, onOpen, onActive } = useContext(Context);
  const state = states.get(step.path);
  const { icon, kind } = kindOf(step.type);
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <button
        type="button"
        className={`node nopan${step.isGroup ? ' group' : ''}`}
        data-path={step.path}
        data-s={state?.status}
        aria-current={step.path === selected || undefined}
        tabIndex={step.path === active ? 0 : -1}
        title={`${step.name} (${step.type})`}
        onFocus={() => onActive(step.path)}
        onClick={() => onOpen(step.path)}
      >
        <span className={step.isGroup ? 'kind' : 'kind big'} data-k={kind}>
          <Icon name={icon} />
        </span>
        <span className="node-text">
          <b>{step.name}</b>
          {!step.isGroup && <small>{step.detail}</small>}
        </span>
        {state && (
          <span className="node-flag" data-s={state.status}>
            <Icon name={state.status} />
          </span>
        )}
        {state && (
          <span className="node-time">
            <span className={state.note && state.status === 'succeeded' ? 'sr' : ''}>
              {state.word ?? text.statuses[state.status]}
            </span>
            {state.note && <> {state.note}</>}
          </span>
        )}
      </button>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
}

function StepLine(props: EdgeProps<StepEdge>) {
  const text = useTextOf(words);
  const condition = props.data?.condition;
  const isError = condition === 'error';
  const [path, x, y] = getBezierPath(props);
  return (
    <>
      <BaseEdge
        path={path}
        className={isError ? 'edge-error' : ''}
        {...(props.markerEnd && { markerEnd: props.markerEnd })}
        interactionWidth={0}
      />
      {condition && (
        <EdgeLabelRenderer>
          <span
            className={isError ? 'graph-label err' : 'graph-label'}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            {isError ? text.error : condition}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

function nodesOf({ steps }: DrawnGraph, boxes: Boxes): StepNode[] {
  return steps.flatMap((step) => {
    const place = boxes.get(step.path);
    if (!place) return [];
    const { x, y, width, height } = place;
    return {
      id: step.path,
      type: 'step' as const,
      data: { step },
      position: { x, y },
      width,
      height,
      ...(step.parent !== undefined && { parentId: step.parent }),
      // The button in it is what has a role.
      domAttributes: { 'aria-roledescription': undefined },
    };
  });
}

/** One line a pair of steps: several conditions stand on it together. */
function edgesOf({ edges }: DrawnGraph): StepEdge[] {
  return [...Map.groupBy(edges, ({ from, to }) => `${from} ${to}`)].flatMap(([id, [first, ...others]]) => {
    if (!first) return [];
    const conditions = [first, ...others].flatMap(({ condition }) => condition ?? []);
    const isError = conditions.length === 1 && conditions[0] === 'error';
    return {
      id,
      type: 'step' as const,
      source: first.from,
      target: first.to,
      data: { condition: conditions.join(', ') || undefined },
      zIndex: 1,
      markerEnd: { type: MarkerType.Arrow, width: 18, height: 18, color: isError ? 'var(--bad-solid)' : 'var(--idle-solid)' },
      // The outline says what leads where.
      ariaRole: 'presentation' as const,
      domAttributes: { 'aria-roledescription': undefined, 'aria-label': undefined, 'aria-hidden': true },
    };
  });
}

function buttonOf(box: HTMLElement | null, path: string): HTMLElement | undefined {
  return [...(box?.querySelectorAll<HTMLElement>('button.node') ?? [])].find(({ dataset }) => dataset.path === path);
}

function isSeen(box: HTMLElement | null, path: string): boolean {
  const [frame, node] = [box?.getBoundingClientRect(), buttonOf(box, path)?.getBoundingClientRect()];
  if (!frame || !node) return false;
  return node.left >= frame.left && node.right <= frame.right && node.top >= frame.top && node.bottom <= frame.bottom;
}
