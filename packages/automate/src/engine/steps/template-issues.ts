import type { InputIssue, Json } from '../../kernel/index.ts';
import { toPointer } from '../../kernel/index.ts';
import { validateTemplate } from '../templates/templates.ts';

/** What is wrong with the templates inside a JSON value, with pointers into it. */
export function validateTemplates(value: Json): InputIssue[] {
  const issues: InputIssue[] = [];
  const visit = (part: Json, path: readonly string[]): void => {
    if (typeof part === 'string') {
      const issue = validateTemplate(part);
      if (issue) issues.push({ ...issue, pointer: toPointer(path) });
    } else if (typeof part === 'object' && part !== null) {
      for (const [key, item] of Object.entries(part)) visit(item as Json, [...path, key]);
    }
  };
  visit(value, []);
  return issues;
}
