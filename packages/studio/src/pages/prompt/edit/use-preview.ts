import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { isAutomateError, type PromptRendered } from 'automate-client';
import { useMemo } from 'react';
import { api, wordsOf } from '../../../api.ts';
import { useSettled } from '../../../data/settled.ts';
import type { FormIssue } from '../../../form/check.ts';
import { useRights } from '../read.ts';
import { contentOf, type PromptDraft } from './document.ts';

/** How long one types before it is asked. */
const PAUSE_MS = 350;
const NO_ISSUES: readonly FormIssue[] = [];

export interface Preview {
  readonly rendered: PromptRendered | undefined;
  /** With pointers into the version. */
  readonly draftIssues: readonly FormIssue[];
  /** With pointers into the variables. */
  readonly sampleIssues: readonly FormIssue[];
  readonly isReading: boolean;
  /** Why it could not be asked. */
  readonly problem: string | undefined;
}

/** What a version that is typed says with these variables, by the server itself, once one pauses. No model is asked. */
export function usePreview(id: string, draft: PromptDraft | undefined, sample: Readonly<Record<string, unknown>>): Preview {
  const { mayRun } = useRights();
  const asked = useMemo(() => ({ content: draft && contentOf(draft), sample }), [draft, sample]);
  const settled = useSettled(asked, PAUSE_MS);
  const query = useQuery({
    queryKey: ['prompt-preview', id, settled],
    queryFn: async ({ signal }) => {
      const { message: _, ...content } = settled.content ?? { messages: [] };
      try {
        const rendered = await api.prompts.render(id, { draft: content, variables: settled.sample }, { signal, retries: 0 });
        return { rendered, issues: NO_ISSUES };
      } catch (error) {
        if (!isAutomateError(error) || error.errors.length === 0) throw error;
        return { rendered: undefined, issues: error.errors };
      }
    },
    enabled: mayRun && settled.content !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  });
  const issues = query.data?.issues ?? NO_ISSUES;
  return {
    rendered: query.data?.rendered,
    draftIssues: useMemo(() => within(issues, '/draft'), [issues]),
    sampleIssues: useMemo(() => within(issues, '/variables'), [issues]),
    isReading: query.isFetching || settled !== asked,
    problem: query.error ? wordsOf(query.error) : undefined,
  };
}

function within(issues: readonly FormIssue[], prefix: string): readonly FormIssue[] {
  return issues
    .filter(({ pointer }) => pointer === prefix || pointer.startsWith(`${prefix}/`))
    .map((issue) => ({ ...issue, pointer: issue.pointer.slice(prefix.length) }));
}
