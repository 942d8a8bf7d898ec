import { type InputIssue, invalidInput } from '../../kernel/index.ts';

/** Throws an `invalid_input` for these issues, their pointers placed below `prefix`; does nothing when there are none. */
export function issuesAt(prefix: string, issues: InputIssue | readonly InputIssue[] | undefined): void {
  const found = issues === undefined ? [] : Array.isArray(issues) ? (issues as readonly InputIssue[]) : [issues as InputIssue];
  if (found.length > 0) throw invalidInput(issuesBelow(prefix, found));
}

/** Issues with their pointers placed below `prefix`. */
export function issuesBelow(prefix: string, issues: readonly InputIssue[]): InputIssue[] {
  return issues.map((issue) => ({ ...issue, pointer: `${prefix}${issue.pointer}` }));
}
