import type { z } from 'zod';
import { type AppError, type InputIssue, invalidInput, toPointer } from '../kernel/index.ts';
import { clip } from './problem.ts';

/**
 * A 400 from a failed zod parse. Pointers are into the body (`/payload/x`), or below `/query` for query parameters.
 * @example
 * const parsed = Schema.safeParse(value);
 * if (!parsed.success) throw inputError(parsed.error);
 */
export function inputError(error: z.ZodError, prefix = ''): AppError {
  const issues = toInputIssues(error, prefix);
  return invalidInput(issues);
}

/** The issues of a zod error as JSON Pointers with stable codes; an unknown key is reported where it stands. */
export function toInputIssues(error: z.ZodError, prefix = ''): InputIssue[] {
  const issues: InputIssue[] = [];
  for (const issue of error.issues.slice(0, MAX_ISSUES)) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, MAX_KEYS)) {
        const pointer = prefix + toPointer([...issue.path, clip(key, 30)]);
        issues.push({ pointer, code: 'unknown_field', message: 'is not a known field' });
      }
      continue;
    }
    const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    issues.push({
      pointer: prefix + toPointer(issue.path),
      code: isMissing ? 'required' : issue.code,
      message: isMissing ? 'is required' : issue.message,
    });
  }
  return issues;
}

const MAX_ISSUES = 20;
const MAX_KEYS = 5;
