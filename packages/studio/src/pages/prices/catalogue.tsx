import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../api.ts';
import { wholeList } from '../../data/live-list.ts';
import { changed, without } from '../../data/search.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { SelectFilter } from '../../ui/filters.tsx';
import { SearchedList } from '../../ui/searched-list.tsx';
import { PricePanel } from './price-panel.tsx';
import { type Listed, rateText, rateTitle } from './rates.ts';
import type { PricesSearch } from './search.ts';
import { words } from './words.ts';

interface CatalogueProps {
  readonly search: PricesSearch;
  readonly onSet: ((model: string, book: string) => void) | undefined;
  onChange(search: PricesSearch): void;
}

/** What models of the known vendors cost now. */
export function Catalogue({ search, onSet, onChange }: CatalogueProps) {
  const text = useTextOf(words);
  const { q, book, open } = search;
  const query = useQuery({
    queryKey: ['price-catalogue', q, book],
    queryFn: ({ signal }) => api.modelPrices.catalogue({ ...(q && { search: q }), ...(book && { book }) }, { signal }),
    placeholderData: keepPreviousData,
  });
  const rows = useMemo<readonly Listed[]>(
    () => (query.data?.results ?? []).map((price) => ({ ...price, id: `${price.book}/${price.model}` })),
    [query.data],
  );
  const list = wholeList(query, rows);
  const { data } = query;
  return (
    <SearchedList
      q={q}
      open={open}
      list={list}
      label={text.filter}
      hint={text.search}
      isNarrowed={book !== undefined}
      filters={
        <>
          <SelectFilter
            label={text.anyVendor}
            value={book}
            options={(data?.books ?? []).map((each) => [each, each] as const)}
            onChange={(next) => onChange(changed(search, { book: next }))}
          />
          {data && (
            <span className="soft small one-line">
              {data.is_complete ? '' : `${text.more(data.results.length)} `}
              {data.version}
            </span>
          )}
        </>
      }
      empty={{ icon: 'tag', title: text.empty, note: text.emptyNote }}
      onChange={(part) => onChange(changed(search, part))}
      onClear={() => onChange(without(search, 'q', 'book'))}
      table={(onOpen) => <PriceTable list={list} openId={open} onOpen={onOpen} />}
      panel={(row, onClose) => <PricePanel key={row.id} price={row} onSet={onSet} onClose={onClose} />}
    />
  );
}

interface TableProps {
  readonly list: ReturnType<typeof wholeList<Listed>>;
  readonly openId: string | undefined;
  onOpen(row: Listed): void;
}

function PriceTable({ list, openId, onOpen }: TableProps) {
  const text = useTextOf(words);
  const columns: readonly Column<Listed>[] = [
    {
      key: 't-model',
      label: text.model,
      isName: true,
      title: ({ model }) => model,
      cell: (row) => (
        <button type="button" className="link name mono" onClick={() => onOpen(row)}>
          {row.model}
        </button>
      ),
    },
    { key: 't-vendor', className: 'soft', label: text.vendor, cell: ({ book }) => book ?? '' },
    {
      key: 't-source',
      label: text.source,
      cell: ({ source }) =>
        source === 'override' ? (
          <span className="tag">{text.sources.override}</span>
        ) : (
          <span className="soft">{text.sources[source]}</span>
        ),
    },
    ...(['input', 'cache_read', 'output'] as const).map(
      (part): Column<Listed> => ({
        key: `t-${part}`,
        label: text.parts[part],
        isNumber: true,
        title: ({ rates }) => rateTitle(rates?.[part]),
        cell: ({ rates }) => rateText(rates?.[part]),
      }),
    ),
  ];
  return <DataTable label={text.label} className="people-table" columns={columns} list={list} openId={openId} onOpen={onOpen} />;
}
