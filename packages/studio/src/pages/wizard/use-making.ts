import type { Wizard } from 'automate-client';
import { useCallback, useMemo, useRef } from 'react';
import { useSession } from '../../data/session.ts';
import { type Edit, useEdit } from '../../edit/use-edit.ts';
import { initialOf, writeOnlyPointers } from '../../form/initial.ts';
import { createResolver, type JsonSchema, type Resolver } from '../../form/json-schema.ts';
import { isObject } from '../../form/pointer.ts';
import { make } from './makers.ts';
import type { Values } from './send.ts';
import { useSaid } from './use-wizards.ts';

/** What one types in a wizard: the form, and what it is tried with then. */
export interface Typed {
  readonly values: Values;
  readonly sample: unknown;
  readonly template: string;
}

export interface Making {
  readonly schema: JsonSchema;
  readonly resolver: Resolver;
  readonly edit: Edit<Typed>;
  readonly typed: Typed;
  take(template: string): void;
  /** @returns what came back; undefined when it was not made */
  create(): Promise<Values | undefined>;
}

/** The form of a wizard as it is filled in. A reload, a session that ends or a tab that closes loses nothing of it but secrets. */
export function useMaking(wizard: Wizard): Making {
  const said = useSaid();
  const session = useSession().data;
  const schema = useMemo(() => withWords(wizard, said), [wizard, said]);
  const resolver = useMemo(() => createResolver(schema), [schema]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another language is no other beginning
  const base = useMemo(
    () => ({ data: begin(wizard, resolver, schema, wizard.templates[0]?.name ?? ''), etag: undefined }),
    [wizard],
  );
  const reply = useRef<Values>(undefined);
  // The same try has the same key: what was made by a try whose answer was lost is not made twice.
  const key = useRef({ of: '', value: '' });
  const edit = useEdit<Typed>({
    key: `wizard/${wizard.name}`,
    base,
    secrets: writeOnlyPointers(resolver, schema).map((pointer) => `/values${pointer}`),
    async save(value) {
      const of = JSON.stringify(value.values);
      if (key.current.of !== of) key.current = { of, value: newKey() };
      reply.current = await make(wizard, value.values, { key: key.current.value, session });
      return { data: value, etag: undefined };
    },
  });
  const { replace } = edit;
  const take = useCallback((name: string) => replace(begin(wizard, resolver, schema, name)), [replace, wizard, resolver, schema]);
  const create = async () => ((await edit.save()) ? reply.current : undefined);
  return { schema, resolver, edit, typed: edit.value ?? base.data, take, create };
}

function begin(wizard: Wizard, resolver: Resolver, schema: JsonSchema, name: string): Typed {
  const template = wizard.templates.find((one) => one.name === name);
  const initial = initialOf(resolver, schema);
  return {
    values: { ...(isObject(initial) ? initial : {}), ...template?.values },
    sample: template?.sample ?? null,
    template: template?.name ?? '',
  };
}

/** The schema with the words of the wizard. */
function withWords({ schema, labels, hints }: Wizard, said: ReturnType<typeof useSaid>): JsonSchema {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).map(([name, property]) => {
    const [label, hint] = [labels[name], hints[name]];
    return [name, { ...property, ...(label && { title: said(label) }), ...(hint && { description: said(hint) }) }];
  });
  return { ...schema, properties: Object.fromEntries(properties) } as JsonSchema;
}

/** Not `randomUUID`, which pages without TLS do not have. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
