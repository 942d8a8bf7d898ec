import type { z } from 'zod';
import { BaseModelViewSet, type Context, requirePrincipal, type StandardAction } from '../../api/index.ts';
import { AuditedMixin } from '../../governance/index.ts';
import { commonErrors, type InputIssue, invalidInput, type Row, type Scope } from '../../kernel/index.ts';
import './services.ts';
import { isTimeZone } from './budget.store.ts';
import { amountOf } from './budget.ts';
import { BudgetCreate, BudgetModel, BudgetUpdate, Standing } from './schemas.ts';
import { findDays, findStanding } from './standing.store.ts';

type BudgetRow = Row<typeof BudgetModel>;

/** How much may be used of models: requests, tokens and dollars, in each period. */
export class BudgetViewSet extends AuditedMixin(BaseModelViewSet<typeof BudgetModel>) {
  static {
    this.action('standing', {
      detail: true,
      summary: 'Get how a budget stands',
      description: 'What is spent, held and left in the running period, and what each day has used.',
      response: Standing,
    });
  }
  readonly model = BudgetModel;
  readonly createSchema = BudgetCreate;
  override updateSchema: z.ZodObject = BudgetUpdate;
  override scopeResource: string | undefined = 'budgets';
  override excludedActions: readonly StandardAction[] = ['export', 'import'];
  override tag: string | undefined = 'Prices and budgets';
  override tagDescription: string | undefined = 'What models cost, and what may be spent on them.';

  override async performCreate(values: Partial<BudgetRow>, ctx: Context, scope: Scope): Promise<BudgetRow> {
    const issues = problemsOf(values);
    if (!(await isTimeZone(ctx.services.database, values.time_zone ?? 'UTC')))
      issues.push({ pointer: '/time_zone', code: 'unknown', message: 'is no time zone that is known, such as "Europe/Rome"' });
    if (issues.length > 0) throw invalidInput(issues);
    const row = (await super.performCreate(values, ctx, scope)) as BudgetRow;
    await announce(ctx, scope);
    return row;
  }

  override async performUpdate(row: BudgetRow, values: Partial<BudgetRow>, ctx: Context, scope: Scope): Promise<BudgetRow> {
    const issues = problemsOf({ ...row, ...values });
    if (issues.length > 0) throw invalidInput(issues);
    const changed = (await super.performUpdate(row, values, ctx, scope)) as BudgetRow;
    await announce(ctx, scope);
    return changed;
  }

  override async performDestroy(row: BudgetRow, ctx: Context, scope: Scope): Promise<void> {
    await super.performDestroy(row, ctx, scope);
    await announce(ctx, scope);
  }

  async standing({ id }: BudgetRow, ctx: Context): Promise<z.input<typeof Standing>> {
    const { tenantId } = requirePrincipal(ctx);
    const { database } = ctx.services;
    const [row, days] = [await findStanding(database, tenantId, id), await findDays(database, tenantId, id)];
    if (!row) throw commonErrors.not_found('No such Budget.');
    const shown = (units: number) => amountOf(row.metric, units);
    return {
      metric: row.metric,
      amount: shown(Number(row.units)),
      period_starts_at: row.starts_at,
      period_ends_at: row.ends_at,
      spent: shown(row.spent),
      held: shown(row.held),
      left: shown(Math.max(0, Number(row.units) - row.spent - row.held)),
      forecast: row.elapsed === null || row.elapsed <= 0 ? null : shown(row.spent / Math.min(1, row.elapsed)),
      days: days.map(({ day, used }) => ({ day, used: shown(Number(used)) })),
    };
  }
}

function announce(ctx: Context, { tenantId }: Scope): Promise<void> {
  return ctx.services.modelLimits.announce(tenantId);
}

const MOST_DOLLARS = 9_000_000;
const MOST = 9_000_000_000_000;

function problemsOf({ scope, subject_id, metric, amount }: Partial<BudgetRow>): InputIssue[] {
  const issues: InputIssue[] = [];
  if ((scope === 'tenant') !== (subject_id === null)) {
    const message = scope === 'tenant' ? 'must be null for a budget of the tenant' : `must be the id of the ${scope}`;
    issues.push({ pointer: '/subject_id', code: 'invalid', message });
  }
  const most = metric === 'usd' ? MOST_DOLLARS : MOST;
  if (Number(amount) <= 0 || Number(amount) > most)
    issues.push({ pointer: '/amount', code: 'out_of_range', message: `must be more than 0 and at most ${most}` });
  if (metric !== 'usd' && /\.\d*[1-9]/.test(amount ?? ''))
    issues.push({ pointer: '/amount', code: 'invalid', message: `must be a whole number of ${metric}` });
  return issues;
}
