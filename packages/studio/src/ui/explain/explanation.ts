/** One operand of a rule with the value it had, as the server explains it. */
export interface Explanation {
  readonly operator: string;
  readonly value: unknown;
  readonly arguments: readonly Explanation[];
  /** Of a `var`: what it read. */
  readonly path?: string;
  /** True for what did not need to be evaluated. */
  readonly skipped?: true;
}

/** A line of the tree: what is asked, what was found, what it comes to. */
export interface ExplainRow {
  readonly key: string;
  readonly level: number;
  readonly operator: string;
  /** `payload.amount > 100`; undefined where the operands have lines of their own. */
  readonly expression: string | undefined;
  /** Values of what the line reads, as JSON. */
  readonly values: readonly string[];
  readonly result: unknown;
  readonly isSkipped: boolean;
  readonly hasRows: boolean;
}

/** Longer values are cut in the tree; they stand whole in the event. */
const LONGEST = 80;

/** The tree as lines, those that only compare what they read in one. @param isClosed whether what is below a line is left out */
export function rowsOf(root: Explanation, isClosed: (key: string) => boolean): readonly ExplainRow[] {
  const rows: ExplainRow[] = [];
  const add = (node: Explanation, key: string, level: number) => {
    const isPlain = node.arguments.every(isLeaf);
    const hasRows = !isPlain && node.arguments.length > 0;
    rows.push({
      key,
      level,
      operator: node.operator,
      expression: isPlain ? expressionOf(node) : undefined,
      values: isPlain ? readsOf(node).map(({ value }) => shown(value)) : [],
      result: node.value,
      isSkipped: node.skipped === true,
      hasRows,
    });
    if (hasRows && !isClosed(key))
      for (const [index, inner] of node.arguments.entries()) add(inner, `${key}.${index}`, level + 1);
  };
  add(root, '0', 1);
  return rows;
}

function isLeaf({ operator, arguments: operands }: Explanation): boolean {
  return operator === 'value' || operator === 'var' || (operator === 'list' && operands.every(isLeaf));
}

/** What reads from the event, and not what stands in the rule. */
function readsOf(node: Explanation): readonly Explanation[] {
  return node.operator === 'var' ? [node] : node.arguments.flatMap(readsOf);
}

function expressionOf(node: Explanation): string {
  const { operator, arguments: operands, value, path } = node;
  if (operator === 'var') return path === '' || path === undefined ? 'event' : path;
  if (operator === 'value') return shown(value);
  const parts = operands.map(expressionOf);
  if (operator === 'list') return `[${parts.join(', ')}]`;
  if (parts.length === 2) return `${parts[0]} ${operator} ${parts[1]}`;
  // As in 0 < payload.amount < 100.
  if (parts.length === 3 && operator.startsWith('<')) return parts.join(` ${operator} `);
  return `${operator}(${parts.join(', ')})`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
