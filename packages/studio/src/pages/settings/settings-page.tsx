import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Features } from './features.tsx';
import { Mail } from './mail.tsx';
import { type SettingsSearch, tabs } from './search.ts';
import { SignOn } from './sign-on.tsx';
import { Values } from './values.tsx';
import { words } from './words.ts';

/** What holds, and who set it; whether what it names answers. */
export function SettingsPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/settings' });
  const navigate = useNavigate({ from: '/studio/settings' });
  useTitle(text.title);
  const settings = useQuery({
    queryKey: ['studio-settings'],
    queryFn: ({ signal }) => api.studioSettings.list({}, { signal }),
    staleTime: 30_000,
  });
  const change = (next: SettingsSearch) => void navigate({ search: next, replace: true });
  const tab = search.tab ?? 'values';
  if (!settings.data) {
    if (!settings.error) return null;
    return <Unread error={settings.error} onRetry={() => void settings.refetch()} />;
  }
  return (
    <>
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{text.note}</p>
        </div>
      </div>
      <nav className="tabs" aria-label={text.title}>
        {tabs.map((each) => (
          <button
            key={each}
            type="button"
            aria-current={tab === each ? 'page' : undefined}
            onClick={() => change(each === 'values' ? {} : { tab: each })}
          >
            {text.tabs[each]}
          </button>
        ))}
      </nav>
      {tab === 'values' && <Values settings={settings.data} search={search} onChange={change} />}
      {tab === 'sign-on' && <SignOn facts={settings.data.single_sign_on} />}
      {tab === 'mail' && <Mail facts={settings.data.mail} />}
      {tab === 'features' && <Features settings={settings.data} />}
    </>
  );
}
