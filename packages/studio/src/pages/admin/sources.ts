import type { QueryClient } from '@tanstack/react-query';
import type { AdminModelDetail } from 'automate-client';
import { request } from '../../api.ts';
import type { FormSources } from '../../form/form-context.ts';
import { modelReader, nameOfRow, partsOfRelation, type Row } from './model.ts';
import { nameOf } from './names.ts';

/** Rows that a picker offers. */
const OFFERED = 20;

/** Where fields that point to other models find what they may point to: the list of that model. */
export function sourcesOf(client: QueryClient): FormSources {
  return {
    relation(name) {
      const [app, model] = partsOfRelation(name);
      if (!app || !model) return undefined;
      const read = (): Promise<AdminModelDetail> =>
        client.fetchQuery({ queryKey: ['admin', 'model', app, model], queryFn: modelReader(app, model), staleTime: 60_000 });
      return {
        async search(text, signal) {
          const detail = await read();
          const query = { limit: OFFERED, ...(text !== '' && detail.search && { search: text.slice(0, 200) }) };
          const { results } = await request<{ results: Row[] }>('GET', detail.path, { query, signal });
          const rows = results.map((row) => ({ id: row.id, label: nameOfRow(detail, row) }));
          const wanted = text.toLowerCase();
          return detail.search ? rows : rows.filter(({ label }) => label.toLowerCase().includes(wanted));
        },
        async find(id) {
          const label = await nameOf(name, id);
          return label === null ? undefined : { id, label };
        },
        pathOf: (id) => `admin/${app}/${model}/${encodeURIComponent(id)}`,
      };
    },
  };
}
