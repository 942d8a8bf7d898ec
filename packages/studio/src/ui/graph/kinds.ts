import type { IconName } from '../icon.tsx';

const KINDS: readonly (readonly [pattern: RegExp, icon: IconName, kind: string])[] = [
  [/^http\./, 'globe', 'request'],
  [/^logic\./, 'branch', 'branch'],
  [/^flow\.(foreach|while)/, 'loop', 'step'],
  [/^flow\./, 'box', 'step'],
  [/approval/, 'approval', 'approval'],
  [/sleep|wait/, 'timer', 'step'],
  [/code/, 'braces', 'step'],
  [/log/, 'terminal', 'step'],
  [/emit/, 'event', 'event'],
  [/mail/, 'mail', 'delivery'],
  [/^workflow\./, 'workflow', 'execution'],
  [/^(llm|audio|image|video|prompt|rag|modal)\b/, 'sparkle', 'model'],
];

/** Icon and colour of a step type. */
export function kindOf(type: string): { readonly icon: IconName; readonly kind: string } {
  const [, icon, kind] = KINDS.find(([pattern]) => pattern.test(type)) ?? [undefined, 'transform' as const, 'step'];
  return { icon, kind };
}
