import { z } from 'zod';

/** How much one request may hold. */
export const limits = { messages: 10_000, parts: 2_000, tools: 512, toolCalls: 512, stops: 16, depth: 48, embeddings: 2_048 };

/** An endpoint's slug, an alias, or `provider/model`. */
export const ModelName = z.string().min(1).max(256).describe("An endpoint's slug, an alias, or `provider/model`.");

export const ToolName = z.string().min(1).max(256);
export const CallId = z.string().min(1).max(512);

/** Any JSON object, no deeper than a schema of a tool ever is. */
export const PlainObject = z
  .record(z.string(), z.unknown())
  .refine((value) => isShallow(value, limits.depth), { error: `is nested deeper than ${limits.depth} levels` });

/** An address that a provider may fetch, or the data itself. */
export const FileUrl = z.string().refine((url) => url.startsWith('data:') || isWebAddress(url), {
  error: 'must be an http or https address, or a data: URL in base64',
});

export const WebAddress = z.string().refine(isWebAddress, { error: 'must be an http or https address' });

/**
 * Objects that say by one field what they are. Each known kind is checked by its schema; other kinds pass as they are, for providers
 * that know them, unless they are refused.
 */
export function tagged<const Options extends Readonly<Record<string, z.ZodType>>>(
  field: string,
  options: Options,
  { areOthersRefused = false, otherwise }: { areOthersRefused?: boolean; otherwise?: keyof Options & string } = {},
): z.ZodType<z.infer<Options[keyof Options]>> {
  const known = Object.keys(options).join(', ');
  const schema = z.record(z.string(), z.unknown()).check((context) => {
    const kind = context.value[field] ?? otherwise;
    const option = typeof kind === 'string' && Object.hasOwn(options, kind) ? options[kind] : undefined;
    if (!option) {
      if (typeof kind === 'string' && !areOthersRefused) return;
      context.issues.push({ code: 'custom', input: kind, path: [field], message: `must be one of: ${known}` });
      return;
    }
    const parsed = option.safeParse(context.value);
    for (const { path, message } of (parsed.error?.issues ?? []).flatMap(nearest)) {
      context.issues.push({ code: 'custom', input: undefined, path: [...path], message });
    }
  });
  // Of the kinds that pass unseen the type says nothing: whoever translates refuses what it does not know.
  return schema as unknown as z.ZodType<z.infer<Options[keyof Options]>>;
}

/** A text, or a list of parts. */
export function textOr<Part extends z.ZodType>(part: Part) {
  return z.union([z.string(), z.array(part).max(limits.parts)], { error: 'must be a text or a list of parts' });
}

/** What a value misses that fits no option of a union: that of the option which takes values of its type. */
function nearest(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string }[] {
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  const found = [{ path: issue.path, message: isMissing ? 'is required' : issue.message }];
  if (issue.code !== 'invalid_union') return found;
  const near = issue.errors.filter((issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0));
  if (near.length !== 1) return found;
  return (near[0] ?? []).flatMap(nearest).map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

function isShallow(value: unknown, depthLeft: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depthLeft > 0 && Object.values(value).every((member) => isShallow(member, depthLeft - 1));
}
