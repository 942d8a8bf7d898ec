import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { changed, without } from '../../data/search.ts';
import { useAllowed } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Empty } from '../../ui/empty.tsx';
import { SelectFilter } from '../../ui/filters.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ListBody } from '../../ui/list-body.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import { EndpointTable } from './endpoint-table.tsx';
import { ExportButton } from './export-button.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { useEndpoints } from './rows.ts';
import { type EndpointsSearch, states } from './search.ts';
import { words } from './words.ts';

/** Names for models of providers: who answers, for whom, within which limits, and what it cost today. */
export function EndpointsPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/endpoints' });
  const navigate = useNavigate({ from: '/studio/endpoints' });
  const list = useEndpoints(search);
  const mayWrite = useAllowed('endpoints:write');
  useTitle(text.title);
  const change = (next: EndpointsSearch) => void navigate({ search: next, replace: true });
  const make = mayWrite && (
    <Link className="btn primary" to="/studio/endpoints/new/">
      <Icon name="plus" />
      {text.make}
    </Link>
  );
  return (
    <>
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{text.note}</p>
        </div>
        <span className="row">
          <ExportButton search={search} />
          {mayWrite && (
            <button type="button" className="btn" onClick={() => change({ ...search, do: 'import' })}>
              <Icon name="upload" />
              {text.import}
            </button>
          )}
          {make}
        </span>
      </div>
      <search className="filters" aria-label={text.filter}>
        <SearchBox
          label={text.search}
          value={search.q ?? ''}
          onChange={(typed) => change(changed(search, { q: typed || undefined }))}
        />
        <SelectFilter
          label={text.state}
          value={search.state}
          options={states.map((state) => [state, text[state]])}
          onChange={(state) => change(changed(search, { state }))}
        />
      </search>
      <ListBody
        list={list}
        filters={search.q !== undefined || search.state !== undefined}
        onClear={() => change(without(search, 'q', 'state'))}
        empty={
          <Empty icon="endpoint" title={text.empty} note={text.emptyNote}>
            {make}
          </Empty>
        }
      >
        <EndpointTable
          list={list}
          order={search.order}
          onOrder={(order) => change({ ...search, order: order as NonNullable<EndpointsSearch['order']> })}
        />
      </ListBody>
      <ImportDialog isOpen={mayWrite && search.do === 'import'} onClose={() => change(without(search, 'do'))} />
    </>
  );
}
