import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { shortId } from '../../format.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Loading } from '../../ui/loading.tsx';
import { EditTab } from './edit/edit-tab.tsx';
import { Head } from './head.tsx';
import { usePrompt } from './read.ts';
import type { PromptSearch } from './search.ts';
import { words } from './words.ts';

const parts = {
  versions: lazy(async () => ({ default: (await import('./versions/versions-tab.tsx')).VersionsTab })),
  tests: lazy(async () => ({ default: (await import('./tests/tests-tab.tsx')).TestsTab })),
  metrics: lazy(async () => ({ default: (await import('./metrics/metrics-tab.tsx')).MetricsTab })),
  try: lazy(async () => ({ default: (await import('./try/try-tab.tsx')).TryTab })),
};

/** One prompt: what it says, its versions, how they are measured, how their calls went, and a trial. */
export function PromptPage() {
  const common = useText();
  const text = useTextOf(words);
  const { id } = useParams({ from: '/studio/prompts/$id' });
  const search = useSearch({ from: '/studio/prompts/$id' });
  const navigate = useNavigate({ from: '/studio/prompts/$id' });
  const { data: prompt, error, refetch } = usePrompt(id);
  useTitle(prompt ? `${prompt.name}: ${text.tabs[search.tab ?? 'edit']}` : text.prompt, prompt?.name ?? shortId(id));
  if (!prompt) return error ? <Unread error={error} onRetry={() => void refetch()} /> : <Loading />;
  const change = (next: PromptSearch) => void navigate({ search: next, replace: true });
  const open = (next: PromptSearch) => void navigate({ search: next });
  const Part = search.tab && parts[search.tab];
  return (
    <>
      <Head prompt={prompt} tab={search.tab} />
      {Part ? (
        <Suspense fallback={<p className="in-pane soft">{common.states.loading}</p>}>
          <Part prompt={prompt} search={search} onChange={change} onOpen={open} />
        </Suspense>
      ) : (
        <EditTab key={prompt.id} prompt={prompt} search={search} />
      )}
    </>
  );
}
