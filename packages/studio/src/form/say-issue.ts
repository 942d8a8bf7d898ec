import type { FormIssue } from './check.ts';
import type { FormWords } from './words.ts';

/** What is wrong, in words: the server's own, or ours for what the schema asks. */
export function sayIssue({ code, limit, message }: FormIssue, text: FormWords): string {
  const { reason } = text;
  if (message !== undefined) return message;
  if (code === 'type')
    return { string: reason.text, number: reason.number, integer: reason.integer }[String(limit)] ?? reason.type;
  if (code === 'format') return reason.formats[String(limit)] ?? reason.format(limit);
  if (code === 'const') return reason.enum;
  const own = reason[code as keyof typeof reason];
  if (typeof own === 'function') return (own as (limit: unknown) => string)(limit);
  return typeof own === 'string' ? own : reason.type;
}
