import type { ModelPrice } from 'automate-client';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { changed, without } from '../../data/search.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { SearchedList } from '../../ui/searched-list.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { short } from './rates.ts';
import type { PricesSearch } from './search.ts';
import { Versions } from './versions.tsx';
import { words } from './words.ts';

/** Prices that you have set. */
export function OwnPrices({ search, onChange }: { search: PricesSearch; onChange(search: PricesSearch): void }) {
  const text = useTextOf(words);
  const mayWrite = useAllowed('prices:write');
  const { q, open } = search;
  const list = useLiveList<ModelPrice>({
    queryKey: ['prices', q],
    isLive: false,
    read: (page, signal) => api.modelPrices.list({ ...page, ...(q && { search: q }) }, { signal }),
  });
  return (
    <SearchedList
      q={q}
      open={open}
      list={list}
      label={text.filter}
      hint={text.search}
      empty={{ icon: 'tag', title: text.ownEmpty, note: text.ownEmptyNote }}
      onChange={(part) => onChange(changed(search, part))}
      onClear={() => onChange(without(search, 'q'))}
      table={(onOpen) => <OwnTable list={list} openId={open} onOpen={onOpen} />}
      panel={(row, onClose) => (
        <SidePanel title={row.model} note={row.book || text.anyVendor} onClose={onClose}>
          <div className="fold-in pt-3">
            <Versions
              prices={list.rows
                .filter(({ model, book }) => model === row.model && book === row.book)
                .toSorted((one, other) => other.valid_from.localeCompare(one.valid_from))}
              mayRemove={mayWrite}
            />
          </div>
        </SidePanel>
      )}
    />
  );
}

interface TableProps {
  readonly list: LiveList<ModelPrice>;
  readonly openId: string | undefined;
  onOpen(price: ModelPrice): void;
}

function OwnTable({ list, openId, onOpen }: TableProps) {
  const text = useTextOf(words);
  const columns: readonly Column<ModelPrice>[] = [
    {
      key: 't-model',
      label: text.model,
      isName: true,
      cell: (row) => (
        <button type="button" className="link name mono" onClick={() => onOpen(row)}>
          {row.model}
        </button>
      ),
    },
    { key: 't-vendor', className: 'soft', label: text.vendor, cell: ({ book }) => book || text.anyVendor },
    ...(['input', 'output'] as const).map(
      (part): Column<ModelPrice> => ({
        key: `t-${part}`,
        label: text.parts[part],
        isNumber: true,
        cell: (row) => (row[part] === null ? '–' : `$${short(row[part])}`),
      }),
    ),
    { key: 't-from', className: 'soft', label: text.from, isNumber: true, cell: ({ valid_from: from }) => <Ago time={from} /> },
  ];
  return (
    <DataTable label={text.ownLabel} className="people-table" columns={columns} list={list} openId={openId} onOpen={onOpen} />
  );
}
