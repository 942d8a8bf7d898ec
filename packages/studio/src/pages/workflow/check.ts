import { useQuery } from '@tanstack/react-query';
import { isAutomateError, type WorkflowCreate, type WorkflowDetail } from 'automate-client';
import { api, wordsOf } from '../../api.ts';
import { useSettled } from '../../data/settled.ts';
import type { CodeIssue } from '../../ui/json-editor.tsx';
import { documentOf } from './document.ts';

/** How long one types before it is asked. */
const PAUSE_MS = 500;

export interface Checked {
  readonly issues: readonly CodeIssue[];
  /** Cases that a version like this would fail; it can be stored all the same. */
  readonly failedCases: readonly string[];
  readonly isChecking: boolean;
  /** Why it could not be asked. */
  readonly problem: string | undefined;
}

const NOTHING: Checked = { issues: [], failedCases: [], isChecking: false, problem: undefined };
const NO_ISSUES: readonly CodeIssue[] = [];

/** What the server says of a text once one pauses: everything that it says when a version is published, and nothing is stored. */
export function useChecked(workflow: Pick<WorkflowDetail, 'name' | 'slug' | 'is_live'>, text: string): Checked {
  const settled = useSettled(text, PAUSE_MS);
  const document = documentOf(settled);
  const asked = useQuery({
    queryKey: ['workflow-check', workflow.slug, settled],
    queryFn: ({ signal }) => check(workflow, document, signal),
    enabled: document !== undefined,
    staleTime: 60_000,
    gcTime: 60_000,
  });
  if (!document) return NOTHING;
  return {
    issues: asked.data?.issues ?? NO_ISSUES,
    failedCases: asked.data?.failedCases ?? [],
    isChecking: asked.isFetching || settled !== text,
    problem: asked.error ? wordsOf(asked.error) : undefined,
  };
}

async function check(
  { name, slug, is_live }: Pick<WorkflowDetail, 'name' | 'slug' | 'is_live'>,
  document: unknown,
  signal: AbortSignal,
): Promise<Pick<Checked, 'issues' | 'failedCases'>> {
  try {
    const body = [{ ...(document as WorkflowCreate), name, slug, is_live }];
    const { results } = await api.workflows.import(body, { query: { dry_run: true }, signal, retries: 0 });
    const errors = results[0]?.errors ?? [];
    return {
      // Who may not publish can store a draft all the same.
      issues: errors.filter(({ code }) => code !== 'case_failed' && code !== 'forbidden'),
      failedCases: errors.filter(({ code }) => code === 'case_failed').map(({ message }) => message),
    };
  } catch (error) {
    if (!isAutomateError(error) || error.errors.length === 0) throw error;
    // Of the list of one that was sent.
    return {
      issues: error.errors.map(({ pointer, message }) => ({ pointer: pointer.replace(/^\/0/, ''), message })),
      failedCases: [],
    };
  }
}
