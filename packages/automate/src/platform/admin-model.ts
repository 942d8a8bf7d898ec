import type { FieldOf, Model } from '../kernel/index.ts';
import type { Words } from './studio-page.ts';

/** A group of fields of a form, under a heading. */
export interface AdminGroup<Field extends string = string> {
  readonly title: string | Words;
  readonly fields: readonly Field[];
}

/** An action of the model's viewset, about one row. */
export interface AdminAction {
  /** Name of its method. */
  readonly name: string;
  /** Default: its summary in the API. */
  readonly label?: string | Words;
  /** Whether it is asked for once more before it runs. */
  readonly isDangerous?: boolean;
}

/** Rows of another model that belong to this one, in its form. */
export interface AdminInline {
  readonly model: Model;
  /** Column of theirs that holds the id of the row. */
  readonly column: string;
  readonly title?: string | Words;
  /** Columns that are shown and edited. Default: as in their list. */
  readonly list?: readonly string[];
}

/** How the admin shows a model. What is not said comes from the schema and from the routes. */
export interface AdminOptions<Field extends string = string> {
  /** Column that names a row. Default: the first there is of `name`, `title`, `label`, `slug`, `email`, `number`, else the first short text that every row has, else the id. */
  readonly title?: Field;
  /** Columns of the list. Default: the first that are short. */
  readonly list?: readonly Field[];
  /** Columns of the list that can be changed in place, as far as a PATCH takes them. */
  readonly editable?: readonly Field[];
  /** Parameters of the list that are offered, with their counts. Default: all. */
  readonly filters?: readonly string[];
  /** Column by whose years, months and days the list is walked; null for none. Default: `created_at`, where the list filters by its range. */
  readonly dateHierarchy?: Field | null;
  /** What the search looks in, in words, for its field. */
  readonly search?: string | Words;
  /** Groups of the form. Fields that none names come last. Default: one group. */
  readonly form?: readonly AdminGroup<Field>[];
  /** Columns that are shown and not changed here, also where the API lets them be. */
  readonly readonly?: readonly Field[];
  /** Actions for one row and for many. Default: all about one row that need no body. */
  readonly actions?: readonly (string | AdminAction)[];
  readonly inlines?: readonly AdminInline[];
  /** Action that tries the row out and answers with what came of it; null for none. Default: `test`, where there is one. */
  readonly test?: string | null;
  /** Heading in the index. Default: the model's app. */
  readonly group?: string | Words;
  /** Name of an icon of the Studio. */
  readonly icon?: string;
  /** The routes, where several serve the model. Default: those with the most to offer. */
  readonly basename?: string;
  /** Whether it is left out of the admin. */
  readonly isHidden?: boolean;
}

/** A model with how the admin shows it. */
export interface AdminModel {
  readonly model: Model;
  readonly options: AdminOptions;
}

/**
 * Says how the admin of the Studio shows a model.
 * @throws TypeError for a column that the model does not have
 * @example
 * createAutomate({ admin: [adminOf(OrderModel, { list: ['number', 'status', 'total'], editable: ['status'], dateHierarchy: 'placed_at' })] })
 */
export function adminOf<M extends Model>(model: M, options: AdminOptions<FieldOf<M['schema']>>): AdminModel {
  const { title, list = [], editable = [], dateHierarchy, form = [], readonly: fixed = [], inlines = [] } = options;
  const named = [
    ...(title === undefined ? [] : [title]),
    ...(dateHierarchy ? [dateHierarchy] : []),
    ...list,
    ...editable,
    ...fixed,
  ];
  for (const column of named) requireColumn(model, column);
  const grouped = form.flatMap(({ fields }) => fields);
  const twice = grouped.find((field, index) => grouped.indexOf(field) !== index);
  if (twice !== undefined) throw new TypeError(`The admin of ${model.name} has "${twice}" in two groups of its form.`);
  for (const inline of inlines) for (const column of [inline.column, ...(inline.list ?? [])]) requireColumn(inline.model, column);
  return Object.freeze({ model, options });
}

function requireColumn({ name, schema }: Model, column: string): void {
  if (!Object.hasOwn(schema.shape, column))
    throw new TypeError(`The admin names the column "${column}", which the model ${name} does not have.`);
}
