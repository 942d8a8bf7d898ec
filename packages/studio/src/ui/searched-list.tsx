import type { ReactNode } from 'react';
import type { LiveList } from '../data/live-list.ts';
import { Empty } from './empty.tsx';
import type { IconName } from './icon.tsx';
import { ListBody } from './list-body.tsx';
import { SearchBox } from './search-box.tsx';

/** What the address says of such a list. */
interface Shown {
  /** What is searched for. */
  readonly q?: string | undefined;
  /** Id of the row that is open. */
  readonly open?: string | undefined;
}

interface SearchedListProps<Row extends { readonly id: string }> extends Shown {
  readonly list: LiveList<Row>;
  /** What the filters are, for screen readers. */
  readonly label: string;
  /** What is searched in. */
  readonly hint: string;
  readonly empty: { readonly icon: IconName; readonly title: string; readonly note: string; readonly action?: ReactNode };
  /** Filters beside the search, and whether they narrow the list. */
  readonly filters?: ReactNode;
  readonly isNarrowed?: boolean;
  /** Before the search. */
  readonly heading?: ReactNode;
  onChange(part: Shown): void;
  /** Takes the search and the filters away. */
  onClear(): void;
  table(onOpen: (row: Row) => void): ReactNode;
  panel(row: Row, onClose: () => void): ReactNode;
}

/** A list with its search above and the row that is open beside it. */
export function SearchedList<Row extends { readonly id: string }>(props: SearchedListProps<Row>) {
  const { list, label, hint, q, open, empty, filters, isNarrowed = false, heading, onChange, onClear, table, panel } = props;
  const opened = list.rows.find(({ id }) => id === open);
  return (
    <>
      <search className="filters" aria-label={label}>
        {heading}
        <SearchBox label={hint} value={q ?? ''} onChange={(typed) => onChange({ q: typed || undefined })} />
        {filters}
      </search>
      <div className={opened ? 'split' : 'split slim'}>
        <div className="list-pane">
          <ListBody
            list={list}
            filters={q !== undefined || isNarrowed}
            onClear={onClear}
            empty={
              <Empty icon={empty.icon} title={empty.title} note={empty.note}>
                {empty.action}
              </Empty>
            }
          >
            {table(({ id }) => onChange({ open: id }))}
          </ListBody>
        </div>
        {opened && panel(opened, () => onChange({ open: undefined }))}
      </div>
    </>
  );
}
