import type { Artifact } from 'automate-client';
import type { LiveList } from '../../data/live-list.ts';
import { size } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Ago } from '../../ui/time.tsx';
import { words } from './words.ts';

interface TableProps {
  readonly list: LiveList<Artifact>;
  readonly openId: string | undefined;
  onOpen(artifact: Artifact): void;
}

export function ArtifactTable({ list, openId, onOpen }: TableProps) {
  const text = useTextOf(words);
  const columns: readonly Column<Artifact>[] = [
    {
      key: 't-name',
      className: 'grow',
      label: text.name,
      isName: true,
      title: ({ name }) => name,
      cell: (row) => (
        <button type="button" className="link name" onClick={() => onOpen(row)}>
          {row.name}
        </button>
      ),
    },
    { key: 't-type', className: 'soft', label: text.type, cell: ({ content_type: type }) => <code>{type}</code> },
    {
      key: 't-origin',
      className: 'soft',
      label: text.origin,
      cell: ({ origin_kind: kind }) => text.origins[kind as keyof typeof text.origins] ?? kind,
    },
    {
      key: 't-used',
      className: 'soft',
      label: text.use,
      cell: ({ unreferenced_since: since }) => (since === null ? text.uses.yes : text.uses.no),
    },
    { key: 't-bytes', label: text.size, isNumber: true, cell: ({ bytes }) => size(bytes) },
    { key: 't-made', className: 'soft', label: text.made, isNumber: true, cell: ({ created_at: at }) => <Ago time={at} /> },
  ];
  return <DataTable label={text.label} className="people-table" columns={columns} list={list} openId={openId} onOpen={onOpen} />;
}
