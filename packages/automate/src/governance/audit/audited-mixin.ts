import { z } from 'zod';
import type { BaseModelViewSet, Context, Ctor } from '../../api/index.ts';
import type { Model, ModelTransaction, Row, Scope } from '../../kernel/index.ts';
import { auditActorOf } from './actor.ts';
import '../services.ts';

type Values = Readonly<Record<string, unknown>>;

const HIDDEN = '[redacted]';

/**
 * Records who made, changed and removed rows, with the fields before and after, in the transaction of the change itself: by single requests and by
 * imports. What is write-only or shown redacted is named and not told.
 * @example
 * class BookViewSet extends AuditedMixin(BaseModelViewSet<typeof BookModel>) { readonly model = BookModel; … }
 */
export function AuditedMixin<Base extends Ctor<BaseModelViewSet>>(base: Base): Base {
  abstract class Audited extends base {
    override performCreate(values: Partial<Row<Model>>, ctx: Context, scope: Scope): Promise<Row<Model>> {
      return within(ctx, scope, async (transaction, inner) => {
        const row = await super.performCreate(values, inner, scope);
        await record(this, { transaction, ctx, action: 'record.create', id: row.id, diff: { after: shown(this, row) } });
        return row;
      });
    }

    override performUpdate(row: Row<Model>, values: Partial<Row<Model>>, ctx: Context, scope: Scope): Promise<Row<Model>> {
      return within(ctx, scope, async (transaction, inner) => {
        const changed = await super.performUpdate(row, values, inner, scope);
        await record(this, { transaction, ctx, action: 'record.update', id: row.id, diff: differences(this, row, changed) });
        return changed;
      });
    }

    override performDestroy(row: Row<Model>, ctx: Context, scope: Scope): Promise<void> {
      return within(ctx, scope, async (transaction, inner) => {
        await super.performDestroy(row, inner, scope);
        await record(this, { transaction, ctx, action: 'record.delete', id: row.id, diff: { before: shown(this, row) } });
      });
    }
  }
  return Audited;
}

/** How a model is named as the target of an entry: `OrderLine` → `order_line`. */
export function auditTargetOf({ name }: Pick<Model, 'name'>): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])/g, '_$&').toLowerCase();
}

function within<T>(ctx: Context, scope: Scope, work: (transaction: ModelTransaction, inner: Context) => Promise<T>): Promise<T> {
  return ctx.services.models.transaction(scope, (models) => work(models, ctx.withBody(ctx.body, { models })));
}

interface Entry {
  readonly transaction: ModelTransaction;
  readonly ctx: Context;
  readonly action: string;
  readonly id: unknown;
  readonly diff: Values;
}

async function record({ model }: { model: Model }, { transaction, ctx, action, id, diff }: Entry): Promise<void> {
  const target = { type: auditTargetOf(model), id: String(id) };
  await ctx.services.audit.record(transaction, { ...auditActorOf(ctx), action, target, diff });
}

/** Worked out once a model: an import records each of its rows. */
const hiddenOf = new WeakMap<Model, ReadonlySet<string>>();

/** Columns whose values are not told. */
function hidden({ model }: { model: Model }): ReadonlySet<string> {
  const known = hiddenOf.get(model);
  if (known) return known;
  const secret = Object.entries(model.schema.shape).filter(([, schema]) => isWriteOnly(schema as z.ZodType));
  const names = new Set([...model.redacted, ...secret.map(([name]) => name)]);
  hiddenOf.set(model, names);
  return names;
}

function isWriteOnly(schema: z.ZodType): boolean {
  return JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any' })).includes('"writeOnly":true');
}

function shown(view: { model: Model }, row: unknown): Values {
  const names = hidden(view);
  const columns = Object.entries(row as Values).filter(([name]) => name !== view.model.tenantField);
  return Object.fromEntries(columns.map(([name, value]) => [name, names.has(name) && value !== null ? HIDDEN : value]));
}

/** The fields that differ. They are found before values are hidden: of a secret it is told that it has changed. */
function differences(view: { model: Model }, before: unknown, after: unknown): Values {
  const [was, is] = [before as Values, after as Values];
  const names = Object.keys(is).filter(
    (name) => name !== view.model.tenantField && JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  );
  const part = (of: Values) => Object.fromEntries(names.map((name) => [name, of[name]]));
  return { before: shown(view, part(was)), after: shown(view, part(is)) };
}
