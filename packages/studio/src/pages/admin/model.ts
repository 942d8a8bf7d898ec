import { useQuery } from '@tanstack/react-query';
import type { AdminLabel, AdminModelDetail, FieldDescription } from 'automate-client';
import { api } from '../../api.ts';
import { type Language, useWords } from '../../text/text.tsx';

/** A row, whatever its model is. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

export function useAdminIndex() {
  return useQuery({ queryKey: ['admin', 'index'], queryFn: ({ signal }) => api.admin.get({}, { signal }), staleTime: 60_000 });
}

/** What a list and a form have to know of a model. */
export function useAdminModel(app: string, model: string) {
  return useQuery({ queryKey: ['admin', 'model', app, model], queryFn: modelReader(app, model), staleTime: 60_000 });
}

export function modelReader(app: string, model: string) {
  return ({ signal }: { signal: AbortSignal }) => api.adminModel.get(app, model, {}, { signal });
}

/** Begins what is kept of the rows of every model. */
export const ALL_ROWS = ['admin', 'rows'] as const;

/** Begins the keys of all that is read of the rows of a model. */
export function rowsKey({ app, model }: Pick<AdminModelDetail, 'app' | 'model'>): readonly string[] {
  return [...ALL_ROWS, app, model];
}

export function inLanguage(label: AdminLabel, language: Language): string {
  return label[language] ?? label.en;
}

/** Labels as they are said in the language of the page. */
export function useLabel(): (label: AdminLabel) => string {
  const { language } = useWords();
  return (label) => inLanguage(label, language);
}

export function fieldNamed({ fields }: Pick<AdminModelDetail, 'fields'>, name: string): FieldDescription | undefined {
  return fields.find((field) => field.name === name);
}

/** What a row is called. */
export function nameOfRow({ title_field }: Pick<AdminModelDetail, 'title_field'>, row: Row): string {
  const name = row[title_field];
  return typeof name === 'string' && name !== '' ? name : row.id;
}

/** Path of one row, or of one thing about it, in the API. */
export function pathOf(template: string, id: string): string {
  return template.replace('{id}', encodeURIComponent(id));
}

/** `app/model` of a relation, taken apart. */
export function partsOfRelation(relation: string): readonly [app: string, model: string] {
  const [app = '', model = ''] = relation.split('/');
  return [app, model];
}
