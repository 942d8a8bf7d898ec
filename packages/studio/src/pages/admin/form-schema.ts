import type { AdminModelDetail } from 'automate-client';
import type { FieldGroup } from '../../form/field-list.tsx';
import { createResolver, type JsonSchema } from '../../form/json-schema.ts';
import { isObject } from '../../form/pointer.ts';
import type { Language } from '../../text/text.tsx';
import { inLanguage, type Row } from './model.ts';

/** What a body takes, with the names that the model gives its fields; those that are only shown are so. */
export function schemaFor(model: AdminModelDetail, body: Readonly<Record<string, unknown>> | null): JsonSchema | undefined {
  if (!body) return undefined;
  // A body with a name is a reference to itself.
  const { schema: given } = createResolver(body).resolve(body);
  const properties = isObject(given.properties) ? given.properties : {};
  const entries = Object.entries(properties).map(([name, property]) => {
    const title = model.fields.find((field) => field.name === name)?.verbose_name;
    const isFixed = model.readonly.includes(name);
    const known = isObject(property) ? property : {};
    return [name, { ...(title !== undefined && { title }), ...known, ...(isFixed && { readOnly: true }) }];
  });
  return { ...given, properties: Object.fromEntries(entries) } as JsonSchema;
}

/** The part of a row that a body takes. */
export function valueFor(schema: JsonSchema | undefined, row: Row): Record<string, unknown> {
  const names = Object.keys(schema?.properties ?? {});
  return Object.fromEntries(names.filter((name) => Object.hasOwn(row, name)).map((name) => [name, row[name]]));
}

export function groupsFor(model: AdminModelDetail, language: Language): readonly FieldGroup[] {
  return model.groups.map(({ title, fields }) => ({ title: inLanguage(title, language), fields }));
}

/** What goes out of a row and no body takes: facts about it. */
export function factsOf(model: AdminModelDetail, schema: JsonSchema | undefined) {
  const taken = new Set(Object.keys(schema?.properties ?? {}));
  return model.fields.filter(({ name, type }) => !taken.has(name) && !['array', 'object', 'json'].includes(type));
}
