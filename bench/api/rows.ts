import { z } from 'zod';
import { defineModel, type ModelStore, type Principal } from '../../packages/automate/src/kernel/index.ts';

export const TENANT = '018f0000-0000-7000-8000-000000000001';
export const PAGE = 25;
const ROWS = 200;

export const Task = z
  .object({
    id: z.uuid(),
    title: z.string().min(1).max(200),
    status: z.enum(['open', 'done', 'archived']),
    priority: z.int(),
    owner: z.string(),
    tags: z.array(z.string()),
    due_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Task' });
export type Task = z.output<typeof Task>;

export const TaskPage = z.object({
  results: z.array(Task),
  next: z.string().nullable(),
  previous: z.string().nullable(),
  count: z.int().min(0).optional(),
});

export const TaskModel = defineModel({ name: 'Task', table: 'tasks', schema: Task });

export const principal: Principal = { id: 'bench', kind: 'api_key', tenantId: TENANT, isStaff: false, scopes: ['*'] };

/** Newest first, as the list shows them. */
export const tasks: readonly Task[] = Array.from({ length: ROWS }, (_, index) => ({
  id: `018f0000-0000-7000-8000-${(ROWS - index).toString(16).padStart(12, '0')}`,
  title: `Check the figures of week ${index + 1}`,
  status: 'open',
  priority: index % 5,
  owner: 'ada@example.com',
  tags: ['figures', 'weekly'],
  due_at: index % 2 === 0 ? null : '2026-02-28T17:00:00.000Z',
  created_at: '2026-01-31T12:00:00.000Z',
}));
const byId = new Map(tasks.map((task) => [task.id, task]));

/** Costs next to nothing, so that what is measured is the web layer. Both servers read through it. */
export const store = {
  async get(_model: unknown, id: string) {
    return byId.get(id);
  },
  async list(_model: unknown, { limit }: { limit: number }) {
    return tasks.slice(0, limit);
  },
} as unknown as ModelStore;
