/** What an operator saw, as the API tells it. */
export interface Explanation {
  readonly operator?: string;
  readonly path?: string;
  readonly value?: unknown;
  readonly arguments?: readonly Explanation[];
  readonly skipped?: boolean;
  readonly error?: string;
}

/** What each operator of a rule saw, a line each. */
export function renderExplanation(node: Explanation, indent = ''): string[] {
  if (node.error) return [`${indent}${node.error}`];
  const label = node.path === undefined ? node.operator : `var ${node.path}`;
  const own = `${indent}${label} = ${node.skipped ? '(not needed)' : short(node.value)}`;
  const operands = node.path === undefined ? (node.arguments ?? []).filter((operand) => operand.operator !== 'value') : [];
  const constants = (node.arguments ?? []).filter((operand) => operand.operator === 'value' && node.path === undefined);
  const suffix =
    constants.length > 0 && node.operator !== 'value'
      ? `   [${constants.map((operand) => short(operand.value)).join(', ')}]`
      : '';
  return [own + suffix, ...operands.flatMap((operand) => renderExplanation(operand, `${indent}  `))];
}

/** A value on one line, cut where it is long. */
export function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
