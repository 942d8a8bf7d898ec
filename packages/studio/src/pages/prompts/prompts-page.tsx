import { useNavigate, useSearch } from '@tanstack/react-router';
import { changed, without } from '../../data/search.ts';
import { useAllowed } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ListPage } from '../../ui/list-page.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import { NewPromptDialog } from './new-prompt-dialog.tsx';
import { PromptTable } from './prompt-table.tsx';
import { usePrompts } from './rows.ts';
import type { PromptsSearch } from './search.ts';
import { words } from './words.ts';

/** What models are told: what is in force of each, and how it does. */
export function PromptsPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/prompts' });
  const navigate = useNavigate({ from: '/studio/prompts' });
  const mayWrite = useAllowed('prompts:write');
  const list = usePrompts(search);
  useTitle(text.title);
  const change = (next: PromptsSearch) => void navigate({ search: next, replace: true });
  const make = mayWrite && (
    <button type="button" className="btn primary" onClick={() => change({ ...search, new: 'prompt' })}>
      <Icon name="plus" />
      {text.make}
    </button>
  );
  return (
    <>
      <ListPage
        title={text.title}
        list={list}
        actions={make}
        filters={search.q === undefined ? 0 : 1}
        onClear={() => change(without(search, 'q'))}
        empty={
          <Empty icon="prompt" title={text.empty} note={text.emptyNote}>
            {make}
          </Empty>
        }
        above={
          <search className="filters" aria-label={text.filter}>
            <SearchBox
              label={text.search}
              value={search.q ?? ''}
              onChange={(typed) => change(changed(search, { q: typed || undefined }))}
            />
          </search>
        }
      >
        <PromptTable
          list={list}
          order={search.order}
          onOrder={(order) => change({ ...search, order: order as NonNullable<PromptsSearch['order']> })}
        />
      </ListPage>
      <NewPromptDialog isOpen={mayWrite && search.new === 'prompt'} onClose={() => change(without(search, 'new'))} />
    </>
  );
}
