import { useMutation } from '@tanstack/react-query';
import type { Endpoint } from 'automate-client';
import { api, wordsOf } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say } from '../../ui/toast.tsx';
import { type EndpointsSearch, toQuery } from './search.ts';
import { words } from './words.ts';

/** What an import takes. Keys that it is open to go with it: elsewhere nobody has them, so that it is open to nobody until somebody decides. */
type Portable = Omit<Endpoint, 'id' | 'created_at' | 'updated_at'>;

/** Loads what is filtered as a file that another tenant or installation can import. */
export function ExportButton({ search }: { search: EndpointsSearch }) {
  const text = useTextOf(words);
  const exporting = useMutation({
    async mutationFn() {
      const rows: Portable[] = [];
      for await (const row of api.endpoints.iterate(toQuery(search))) {
        const { id: _id, created_at: _made, updated_at: _changed, ...rest } = row;
        rows.push(rest);
      }
      const url = URL.createObjectURL(new Blob([`${JSON.stringify(rows, null, 2)}\n`], { type: 'application/json' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = 'endpoints.json';
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    },
    onError: (error) => say(wordsOf(error), { status: 'failed' }),
  });
  return (
    <button
      type="button"
      className="btn mid"
      title={text.exportNote}
      disabled={exporting.isPending}
      onClick={() => exporting.mutate()}
    >
      <Icon name="download" />
      {text.export}
    </button>
  );
}
