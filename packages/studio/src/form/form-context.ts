import { createContext, type ReactNode, useContext } from 'react';
import type { FormIssue } from './check.ts';
import type { Field, WidgetName } from './fields.ts';
import type { Resolver } from './json-schema.ts';

/** What a widget is given. */
export interface WidgetProps {
  /** Of the element that takes the focus; its label leads there. */
  readonly id: string;
  readonly field: Field;
  readonly pointer: string;
  readonly value: unknown;
  /** Undefined takes the field out of the object around it. */
  onChange(value: unknown): void;
  readonly isReadOnly: boolean;
  readonly isInvalid: boolean;
  /** Ids of the hint and the error. */
  readonly describedBy: string | undefined;
  /** How many unions around it stand for the same value. */
  readonly depth: number;
}
export type Widget = (props: WidgetProps) => ReactNode;

/** Something that a field may point to. */
export interface RelationRow {
  readonly id: string;
  readonly label: string;
  readonly note?: string;
}

/** Where a relation finds what it may point to. */
export interface RelationSource {
  /** @param text what was typed; empty for the first ones */
  search(text: string, signal: AbortSignal): Promise<readonly RelationRow[]>;
  /** What an id is called; undefined when there is none. */
  find?(id: string, signal: AbortSignal): Promise<RelationRow | undefined>;
  /** The page of one, for a link. @returns path below `/studio/` */
  pathOf?(id: string): string;
}

/** What a form asks others for. */
export interface FormSources {
  /** @param name as in `x-relation` of the schema. Undefined: the id is typed. */
  relation?(name: string): RelationSource | undefined;
}

export interface FormState {
  readonly resolver: Resolver;
  readonly isReadOnly: boolean;
  readonly isStored: boolean;
  /** What takes the place of a widget, by patterns of places. */
  readonly widgets: Readonly<Record<string, WidgetName | Widget>>;
  /** What each kind of field is written with; here, as widgets hold fields and fields hold widgets. */
  readonly kinds: Readonly<Record<WidgetName, Widget>>;
  readonly sources: FormSources;
  /** What is wrong and said already, by place. */
  readonly issues: readonly FormIssue[];
  idOf(pointer: string): string;
  /** The field was left: what is wrong with it may be said. */
  touch(pointer: string, isWhole: boolean): void;
  /** What cannot be a value at all, such as half a JSON text; undefined when it is well again. */
  report(pointer: string, message: string | undefined): void;
}

export const FormContext = createContext<FormState | undefined>(undefined);

export function useFormState(): FormState {
  const state = useContext(FormContext);
  if (!state) throw new Error('a field stands in no form');
  return state;
}
