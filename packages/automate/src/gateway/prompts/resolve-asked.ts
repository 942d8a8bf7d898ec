import { AppError, invalidInput } from '../../kernel/index.ts';
import type { KnownPrompt } from './known.store.ts';
import type { PromptSelection, ResolvedPrompt, ResolvePrompt } from './resolve.ts';

/** A version or a label of a prompt, as a body names it; neither: the latest version. */
export interface AskedVersion extends Pick<PromptSelection, 'tenantId' | 'version' | 'label'> {
  readonly promptId: string;
  readonly latestVersion: KnownPrompt['latestVersion'];
}

/** @throws AppError `invalid_input` that points to a version or label that is not there */
export async function resolveAsked(
  resolve: ResolvePrompt,
  { tenantId, promptId, version, label, latestVersion }: AskedVersion,
): Promise<ResolvedPrompt> {
  const wanted = label === undefined ? (version ?? latestVersion) : undefined;
  try {
    return await resolve({ tenantId, slug: promptId, version: wanted, label });
  } catch (error) {
    const pointer = AppError.is(error) ? POINTERS[error.code] : undefined;
    if (pointer === undefined) throw error;
    const message = wanted === 0 ? 'is needed: the prompt has no version yet' : 'names something that the prompt does not have';
    throw invalidInput([{ pointer, code: 'not_found', message }]);
  }
}

const POINTERS: Readonly<Record<string, string>> = {
  prompt_version_not_found: '/version',
  prompt_label_not_found: '/label',
};
