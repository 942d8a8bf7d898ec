import type { PromptMessage, PromptVersion } from 'automate-client';

/** A part of a version that is otherwise in another one, as both have it. */
export interface WrittenPart {
  readonly name: 'messages' | 'variables' | 'model' | 'params' | 'response_format' | 'tools';
  /** Of a message, which. */
  readonly index: number;
  readonly role?: PromptMessage['role'];
  readonly from: string;
  readonly to: string;
}

type VersionLike = Pick<PromptVersion, 'messages' | 'variables' | 'model' | 'params' | 'response_format' | 'tools'>;

/** The parts that are not the same, each as text. */
export function writtenOf(before: VersionLike, after: VersionLike): readonly WrittenPart[] {
  const count = Math.max(before.messages.length, after.messages.length);
  const messages = Array.from({ length: count }, (_, index): WrittenPart => {
    const [old, now] = [before.messages[index], after.messages[index]];
    const isRoleOther = old !== undefined && now !== undefined && old.role !== now.role;
    const said = (one: PromptMessage | undefined) => (one ? `${isRoleOther ? `[${one.role}]\n` : ''}${one.content}` : '');
    return { name: 'messages', index, role: (now ?? old)?.role ?? 'user', from: said(old), to: said(now) };
  });
  const rest = (['variables', 'model', 'params', 'response_format', 'tools'] as const).map(
    (name): WrittenPart => ({ name, index: 0, from: textOf(before[name]), to: textOf(after[name]) }),
  );
  return [...messages, ...rest].filter(({ from, to }) => from !== to);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
