import { useParams, useSearch } from '@tanstack/react-router';
import { useAllowed } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Loading } from '../../ui/loading.tsx';
import { ChatTab } from './console/chat-tab.tsx';
import { EmbedTab } from './console/embed-tab.tsx';
import { Head } from './head.tsx';
import { useEndpoint } from './read.ts';
import { SettingsTab } from './settings/settings-tab.tsx';
import { SnippetsTab } from './snippets/snippets-tab.tsx';
import { tabsOf } from './tasks.ts';
import { words } from './words.ts';

/** One endpoint: a console for each of its tasks, how to call it, and its settings. */
export function EndpointPage() {
  const text = useTextOf(words);
  const { id } = useParams({ from: '/studio/endpoints/$id' });
  const search = useSearch({ from: '/studio/endpoints/$id' });
  const { data: version, error, refetch } = useEndpoint(id);
  const mayRun = useAllowed('endpoints:run');
  const endpoint = version?.data;
  useTitle(endpoint?.name ?? text.settings, ...(endpoint ? [endpoint.name] : []));
  if (!version || !endpoint) return error ? <Unread error={error} onRetry={() => void refetch()} /> : <Loading />;
  const tasks = tabsOf(endpoint);
  const { tab = tasks[0] ?? 'snippets' } = search;
  const isConsole = tab !== 'settings' && tab !== 'snippets';
  return (
    <>
      <Head endpoint={endpoint} tab={tab} />
      {isConsole && !endpoint.is_enabled && (
        <p className="call" data-s="warning">
          <Icon name="warn" />
          <span>{text.off}</span>
        </p>
      )}
      {tab === 'settings' && <SettingsTab key={endpoint.id} version={version} />}
      {tab === 'snippets' && <SnippetsTab endpoint={endpoint} />}
      {isConsole && !mayRun && <Empty icon="lock" title={text.notAllowed} />}
      {isConsole && mayRun && !tasks.includes(tab) && (
        <Empty icon="endpoint" title={text.noConsole} note={text.noConsoleNote(endpoint.tasks.join(', '))} />
      )}
      {tab === 'llm.chat' && mayRun && tasks.includes(tab) && <ChatTab key={endpoint.id} endpoint={endpoint} />}
      {tab === 'llm.embed' && mayRun && tasks.includes(tab) && <EmbedTab key={endpoint.id} endpoint={endpoint} />}
    </>
  );
}
