import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { JsonObject } from '../../kernel/index.ts';
import { chooseVariant } from './choose-variant.ts';
import { optionsOf } from './content.ts';
import { promptErrors } from './errors.ts';
import type { KnownPrompt } from './known.store.ts';
import type { PromptCache } from './prompt-cache.ts';
import { type RenderedPrompt, render } from './render.ts';
import type { VersionRow } from './version.store.ts';
import type { VersionCache } from './version-cache.ts';

/** The label that is meant when nothing else is said. */
export const DEFAULT_LABEL = 'production';

/** Which version of a prompt is wanted. */
export interface PromptSelection {
  readonly tenantId: string;
  /** Slug, or id. */
  readonly slug: string;
  readonly version?: number | undefined;
  /** Default: `production`. */
  readonly label?: string | undefined;
  /** Who calls, for labels that are sticky by `caller`. @example 'api_key:…' */
  readonly caller?: string | undefined;
  /** What the caller sends for labels that are sticky by `key`. */
  readonly stickyKey?: string | undefined;
  /** Who keeps a variant also of labels that are sticky by nothing. */
  readonly holder?: string | undefined;
}

/** A version of a prompt, ready to be rendered many times. */
export interface ResolvedPrompt {
  readonly id: string;
  readonly slug: string;
  readonly version: number;
  /** The label that led to it; null where a version was named. */
  readonly label: string | null;
  /** What it is to be asked of, as far as it says. */
  readonly model: string | null;
  readonly content: VersionRow;
  /** @throws AppError `invalid_input` for variables that are unknown, missing or wrong */
  render(variables: JsonObject, prefix?: string): RenderedPrompt;
  /** Rendered, as a model is asked. @throws AppError `invalid_input` */
  options(variables: JsonObject, prefix?: string): LanguageModelV4CallOptions;
}

/**
 * Finds versions of prompts in the memory of the process.
 * @throws AppError `prompt_not_found`, `prompt_label_not_found`, `prompt_version_not_found`
 */
export type ResolvePrompt = (selection: PromptSelection) => ResolvedPrompt | Promise<ResolvedPrompt>;

export function createResolve(prompts: Pick<PromptCache, 'find'>, versions: VersionCache): ResolvePrompt {
  function choose(prompt: KnownPrompt | undefined, selection: PromptSelection): ResolvedPrompt | Promise<ResolvedPrompt> {
    if (!prompt) throw promptErrors.prompt_not_found(`There is no prompt "${selection.slug.slice(0, 100)}".`);
    const label = selection.version === undefined ? (selection.label ?? DEFAULT_LABEL) : null;
    const number = selection.version ?? variantOf(prompt, label as string, selection);
    const finish = (row: VersionRow | undefined) => {
      if (!row) throw promptErrors.prompt_version_not_found(`The prompt "${prompt.slug}" has no version ${number}.`);
      return resolved(prompt, row, label);
    };
    const row = versions.get(prompt.id, number);
    return row instanceof Promise ? row.then(finish) : finish(row);
  }

  return (selection) => {
    const found = prompts.find({ tenantId: selection.tenantId, name: selection.slug });
    return found instanceof Promise ? found.then((prompt) => choose(prompt, selection)) : choose(found, selection);
  };
}

function variantOf(prompt: KnownPrompt, label: string, { caller, stickyKey, holder: own }: PromptSelection): number {
  const found = Object.hasOwn(prompt.labels, label) ? prompt.labels[label] : undefined;
  if (!found) {
    const known = Object.keys(prompt.labels).sort().join(', ') || 'none';
    throw promptErrors.prompt_label_not_found(
      `The prompt "${prompt.slug}" has no label "${label.slice(0, 50)}"; it has: ${known}.`,
    );
  }
  const holder = found.sticky === 'caller' ? caller : found.sticky === 'key' ? stickyKey : own;
  return chooseVariant(found.variants, holder === undefined ? undefined : `${prompt.id} ${label} ${holder}`);
}

function resolved({ id, slug }: KnownPrompt, content: VersionRow, label: string | null): ResolvedPrompt {
  return {
    id,
    slug,
    version: content.version,
    label,
    model: content.model,
    content,
    render: (variables, prefix) => render(content, variables, prefix),
    options: (variables, prefix) => optionsOf(content, render(content, variables, prefix).messages),
  };
}
