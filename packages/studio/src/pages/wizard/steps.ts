import type { Wizard } from 'automate-client';
import { isObject } from '../../form/pointer.ts';

/** A step of a wizard: the templates, or fields of its form. */
export interface MakeStep {
  readonly title: string;
  readonly note: string | undefined;
  /** Undefined: one chooses a template. */
  readonly fields: readonly string[] | undefined;
}

export function stepsOf(
  wizard: Wizard,
  said: (words: Wizard['title']) => string,
  words: { readonly begin: string; readonly details: string },
): readonly MakeStep[] {
  const { properties } = wizard.schema;
  const all = Object.keys(isObject(properties) ? properties : {});
  const own = wizard.steps.map(({ title, note, fields }) => ({
    title: said(title),
    note: note ? said(note) : undefined,
    fields,
  }));
  return [
    ...(wizard.templates.length > 0 ? [{ title: words.begin, note: undefined, fields: undefined }] : []),
    ...(own.length > 0 ? own : [{ title: words.details, note: undefined, fields: all }]),
  ];
}
