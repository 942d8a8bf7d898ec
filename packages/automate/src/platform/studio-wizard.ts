import type { z } from 'zod';
import type { Words } from './studio-page.ts';

/** What a form may begin with. */
export interface WizardTemplate {
  /** Lower case, digits and `-`. */
  readonly name: string;
  readonly title: Words;
  readonly description: Words;
  readonly icon?: string;
  /** Fields of the form that it fills in. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Something to try it with, such as the input of a first run. */
  readonly sample?: unknown;
}

/** Some of the fields, asked for together. */
export interface WizardStep {
  readonly title: Words;
  readonly note?: Words;
  readonly fields: readonly string[];
}

/**
 * Makes something in the Studio, step by step, up to its first success.
 * @example
 * { name: 'contact', title: { en: 'Contact' }, description: { en: 'Somebody to write to' }, icon: 'people', scope: 'contacts:write',
 *   form: ContactCreate, operation: { path: 'api/v1/contacts/' }, next: { title: { en: 'All contacts' }, path: 'contacts' } }
 */
export interface StudioWizard {
  /** Its address is `/studio/wizard/<name>/`. Lower case, digits and `-`. */
  readonly name: string;
  readonly title: Words;
  readonly description: Words;
  readonly icon: string;
  /** Small ones first. Default 100. */
  readonly order?: number;
  /** What it takes to make one. */
  readonly scope?: string;
  /** Whether it is for staff alone. */
  readonly isForStaff?: boolean;
  /** The body of the request; its words are those of the form. */
  readonly form: z.ZodType;
  /** What its fields are called, where the schema says it in one language. */
  readonly labels?: Readonly<Record<string, Words>>;
  /** The same for what stands below them. */
  readonly hints?: Readonly<Record<string, Words>>;
  /** What is asked for, one after the other; fields in no step are not asked for. Without steps: all at once. */
  readonly steps?: readonly WizardStep[];
  readonly templates?: readonly WizardTemplate[];
  /** The request that makes it: a path below the base path. Default: POST. */
  readonly operation: { readonly method?: 'POST' | 'PUT'; readonly path: string };
  /** Where one goes then: a path below `/studio/`, in which `{id}` is a field of the reply. */
  readonly next: { readonly title: Words; readonly path: string };
}

const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Checks what can be made.
 * @throws TypeError naming a name that is none, or that two have, and a step with a field that the form does not have
 */
export function requireWizards(wizards: readonly StudioWizard[]): void {
  const seen = new Set<string>();
  for (const { name, form, steps = [], templates = [], labels = {}, hints = {} } of wizards) {
    if (!NAME.test(name) || seen.has(name))
      throw new TypeError(
        `A wizard of the Studio has the name "${name}", ${seen.has(name) ? 'as another has' : 'which is none'}.`,
      );
    seen.add(name);
    const shape = Object.keys((form as Partial<z.ZodObject>).shape ?? {});
    const named = [
      ...steps.flatMap(({ fields }) => fields),
      ...templates.flatMap(({ values }) => Object.keys(values)),
      ...Object.keys(labels),
      ...Object.keys(hints),
    ];
    const unknown = named.find((field) => !shape.includes(field));
    if (unknown !== undefined) throw new TypeError(`The wizard "${name}" asks for "${unknown}", which its form does not have.`);
  }
}
