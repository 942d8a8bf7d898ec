import { api } from '../api.ts';
import type { FormSources, RelationSource } from './form-context.ts';

const MOST = 20;

/** Where relations to what every installation has are found. */
const known: Readonly<Record<string, RelationSource>> = {
  Workflow: {
    async search(text, signal) {
      const { results } = await api.workflows.list({ limit: MOST, ...(text !== '' && { search: text }) }, { signal });
      return results.map(({ id, name, slug }) => ({ id, label: name, note: slug }));
    },
    async find(id, signal) {
      const { name, slug } = await api.workflows.retrieve(id, {}, { signal });
      return { id, label: name, note: slug };
    },
    pathOf: (id) => `workflows/${id}`,
  },
};

export const ownSources: FormSources = { relation: (name) => known[name] };
