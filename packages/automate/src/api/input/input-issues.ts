import type { z } from 'zod';
import { type AppError, type InputIssue, invalidInput, toPointer } from '../../kernel/index.ts';
import { clip } from '../http/problem.ts';

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
  for (const issue of error.issues.flatMap(closest).slice(0, MAX_ISSUES)) {
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

/**
 * A value that fits no option of a union is told what the nearest option misses: the only one that is not refused for the
 * value's own type. Where several are near, zod's general message stays.
 */
function closest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const near = issue.errors.filter((issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0));
  if (near.length !== 1) return [issue];
  return (near[0] ?? []).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(closest);
}

const MAX_ISSUES = 20;
const MAX_KEYS = 5;
