import { z } from 'zod';
import { defineModel, filterBy, Timestamp } from '../../kernel/index.ts';
import { budgetMetrics, budgetPeriods, budgetScopes } from './budget.ts';

const Amount = z
  .string()
  .regex(/^\d{1,13}(\.\d{1,9})?$/, 'must be a decimal, for example "100" or "25.50"')
  .describe('Requests, tokens or dollars');
const Thresholds = z.array(z.int().min(1).max(1_000)).max(20);

export const Budget = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scope: z.enum(budgetScopes).describe('Whose calls count in it'),
    subject_id: z.uuid().nullable().describe('Which endpoint or API key'),
    period: z.enum(budgetPeriods),
    time_zone: z.string().describe('Where its periods begin and end'),
    metric: z.enum(budgetMetrics),
    amount: Amount,
    thresholds: Thresholds.describe('Percent of the amount; an event `gateway.budget_threshold` tells when one is reached'),
    is_hard: z.boolean().describe('Whether calls are refused when nothing is left; else it only tells'),
    allow_unpriced: z.boolean().describe('Whether calls pass of which no price is known'),
    is_enabled: z.boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Budget' });

export const BudgetModel = defineModel({
  app: 'gateway',
  name: 'Budget',
  table: 'gateway.budgets',
  schema: Budget,
  ordering: ['name', '-name', 'created_at', '-created_at', 'id'],
  filters: filterBy(Budget, {
    scope: ['exact', 'in'],
    subject_id: ['exact'],
    metric: ['exact', 'in'],
    period: ['exact', 'in'],
    is_enabled: ['exact'],
  }),
  searchFields: ['name'],
});

const changeable = {
  name: z.string().min(1).max(200),
  amount: Amount,
  thresholds: Thresholds.default([50, 80, 100]),
  is_hard: z.boolean().default(true),
  allow_unpriced: z.boolean().default(false),
  is_enabled: z.boolean().default(true),
};

export const BudgetCreate = z
  .strictObject({
    ...changeable,
    scope: Budget.shape.scope.default('tenant'),
    subject_id: z.uuid().nullable().default(null),
    period: Budget.shape.period,
    time_zone: z.string().max(64).default('UTC').describe('A name of the IANA database, such as `Europe/Rome`'),
    metric: Budget.shape.metric,
  })
  .meta({ id: 'BudgetCreate' });
/** What it counts is settled: another way of counting is another budget. */
export const BudgetUpdate = z.strictObject(changeable).meta({ id: 'BudgetUpdate' });

const Used = z.string().describe('In what the budget counts');

export const Standing = z
  .object({
    metric: Budget.shape.metric,
    amount: Used,
    period_starts_at: Timestamp,
    period_ends_at: Timestamp.nullable(),
    spent: Used,
    held: Used.describe('For calls that run, and in hand of processes for the next ones'),
    left: Used,
    forecast: Used.nullable().describe('What will have been spent at the end of the period, if it goes on like this'),
    days: z.array(z.object({ day: z.iso.date(), used: Used })).describe('From the log of calls; the last 31 days of the period'),
  })
  .meta({ id: 'BudgetStanding' });
