import { useNavigate } from '@tanstack/react-router';
import type { Session } from 'automate-client';
import { api } from '../api.ts';
import { serverPath } from '../base.ts';
import { languages, useWords } from '../text/text.tsx';
import { setLook, themes, useLook } from '../theme.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';

const LANGUAGES = { en: 'English', it: 'Italiano' } as const;

/** Who one is, how it looks, in which language, and the way out. */
export function PersonMenu({ session }: { session: Session | undefined }) {
  const { text, language, choose } = useWords();
  const { theme, isContrast } = useLook();
  const navigate = useNavigate();
  const name = session?.user?.name ?? '';
  const trigger = (
    <button type="button" className="me">
      <span className="avatar" aria-hidden="true">
        {initials(name)}
      </span>
      <span className="cut">
        {name}
        <small>{session?.role}</small>
      </span>
      <Icon name="updown" />
    </button>
  );
  const labels = { system: text.theme.system, light: text.theme.light, dark: text.theme.dark };
  return (
    <Menu
      trigger={trigger}
      groups={[
        [
          { label: text.nav.account, icon: 'people', onSelect: () => void navigate({ to: '/studio/account/' }) },
          { label: text.nav.api, icon: 'book', onSelect: () => location.assign(serverPath('api/docs/')) },
        ],
        themes.map((each) => ({ label: labels[each], isChosen: each === theme, onSelect: () => setLook({ theme: each }) })),
        [{ label: text.theme.contrast, isChosen: isContrast, onSelect: () => setLook({ isContrast: !isContrast }) }],
        languages.map((each) => ({ label: LANGUAGES[each], isChosen: each === language, onSelect: () => choose(each) })),
        [{ label: text.nav.signOut, icon: 'arrow', onSelect: signOut }],
      ]}
    />
  );
}

async function signOut(): Promise<void> {
  await api.sessions.signOut();
  location.assign(serverPath('sign-in/'));
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0]?.toUpperCase() ?? '').join('');
}
