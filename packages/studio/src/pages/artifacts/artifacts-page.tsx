import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Artifact } from 'automate-client';
import { type DragEvent, useRef, useState } from 'react';
import { api } from '../../api.ts';
import { useLiveList } from '../../data/live-list.ts';
import { beginOf } from '../../data/periods.ts';
import { changed, without } from '../../data/search.ts';
import { useAllowed } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LiveState } from '../../ui/live-state.tsx';
import { SearchedList } from '../../ui/searched-list.tsx';
import { say } from '../../ui/toast.tsx';
import { ArtifactPanel } from './artifact-panel.tsx';
import { ArtifactTable } from './artifact-table.tsx';
import { Filters } from './filters.tsx';
import { kinds } from './kinds.ts';
import { type ArtifactsSearch, sizes } from './search.ts';
import { SpaceBar } from './space-bar.tsx';
import { useUploads } from './upload.ts';
import { UploadList } from './upload-list.tsx';
import { words } from './words.ts';

/** Files that were sent to the gateway, or that models made. */
export function ArtifactsPage() {
  const text = useTextOf(words);
  const client = useQueryClient();
  const search = useSearch({ from: '/studio/artifacts' });
  const navigate = useNavigate({ from: '/studio/artifacts' });
  const mayWrite = useAllowed('artifacts:write');
  const maySearch = useAllowed('payloads:read_raw');
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useTitle(text.title);
  const { q, open, kind, size, within, used } = search;
  const list = useLiveList<Artifact>({
    queryKey: ['artifacts', q, kind, size, within, used],
    read: (page, signal) => api.artifacts.list({ ...page, ...queryOf(search, maySearch) }, { signal }),
  });
  const uploads = useUploads(({ name }) => {
    say(text.uploaded(name));
    list.renew();
    void client.invalidateQueries({ queryKey: ['artifact-space'] });
  });
  const change = (next: ArtifactsSearch) => void navigate({ search: next, replace: true });
  const choose = (
    <button type="button" className="btn primary" onClick={() => input.current?.click()}>
      <Icon name="upload" />
      {text.upload}
    </button>
  );
  const drop = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: ({ currentTarget, relatedTarget }: DragEvent) => {
      if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      uploads.send(event.dataTransfer.files);
    },
  };
  return (
    <div className="drop-page" data-over={isOver || undefined} {...(mayWrite && drop)}>
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{mayWrite ? `${text.note} ${text.dropNote}` : text.note}</p>
        </div>
        <span className="row">
          <LiveState isOffline={list.isOffline} readAt={list.readAt} />
          {mayWrite && choose}
        </span>
      </div>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={text.upload}
        onChange={({ target }) => {
          uploads.send(target.files ?? []);
          target.value = '';
        }}
      />
      <SpaceBar />
      <UploadList files={uploads.files} />
      <SearchedList
        q={maySearch ? q : undefined}
        open={open}
        list={list}
        label={text.filter}
        hint={maySearch ? text.search : text.searchNeeds}
        isNarrowed={[kind, size, within, used].some((part) => part !== undefined)}
        filters={<Filters search={search} onChange={change} />}
        empty={{ icon: 'box', title: text.empty, note: text.emptyNote, ...(mayWrite && { action: choose }) }}
        onChange={(part) => change(changed(search, part))}
        onClear={() => change(without(search, 'q', 'kind', 'size', 'within', 'used'))}
        table={(onOpen) => <ArtifactTable list={list} openId={open} onOpen={onOpen} />}
        panel={(row, onClose) => <ArtifactPanel key={row.id} artifact={row} onClose={onClose} />}
      />
    </div>
  );
}

function queryOf({ q, kind, size, within, used }: ArtifactsSearch, maySearch: boolean) {
  return {
    ...(q && maySearch && { search: q }),
    ...(kind && { content_type_in: kinds[kind] }),
    ...(size && { bytes_min: sizes[size] }),
    ...(within && { created_after: beginOf(within, Date.now()) }),
    ...(used && { unreferenced_since_is_null: used === 'yes' }),
  };
}
