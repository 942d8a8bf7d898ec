import type { z } from 'zod';
import { BaseAPIView, type Context, requirePrincipal } from '../../api/index.ts';
import { redactorOf } from '../../governance/index.ts';
import { hasScope, type Principal } from '../../kernel/index.ts';
import type { Words } from '../../platform/index.ts';
import type { Period } from './periods.ts';
import { Dashboard, DashboardQuery } from './schemas.ts';
import type { DashboardService } from './services.ts';
import type { Snapshot } from './snapshots.ts';
import type { DashboardTile, TileState } from './tiles.ts';

/** How a tenant does: what has run and how, what waits, whether everything is well. */
export class DashboardView extends BaseAPIView {
  static {
    this.describe('get', {
      summary: 'See how everything does',
      description: 'Figures of a period and of this moment; one or a few seconds old, whoever else asks.',
      query: DashboardQuery,
      response: Dashboard,
    });
  }
  override scopeResource = 'studio';
  override tag: string | undefined = 'Dashboard';
  override tagDescription: string | undefined = 'What has run and how, what waits, whether everything is well.';

  async get(ctx: Context<unknown, z.output<typeof DashboardQuery>>): Promise<Dashboard> {
    const principal = requirePrincipal(ctx);
    const { dashboard } = ctx.services;
    const { within } = ctx.query;
    const may = (scope: string) => hasScope(principal, scope);
    const [snapshot, wellbeing, tiles] = await Promise.all([
      dashboard.snapshots(principal.tenantId, within),
      dashboard.wellbeing(),
      tilesFor(dashboard, principal, within),
    ]);
    const { standing, jobs } = snapshot;
    const { workers, storage } = wellbeing;
    const { workflows_live: live, workflows_paused: paused } = standing;
    return {
      within,
      from: time(snapshot.from),
      until: time(snapshot.now),
      version: dashboard.version,
      workflows: may('workflows:read') ? { live, paused, total: live + paused } : null,
      executions: may('executions:read') ? executionsOf(snapshot, ctx) : null,
      approvals: may('executions:read') ? { pending: standing.approvals, oldest_since: standing.oldest_approval } : null,
      queue: may('jobs:read')
        ? {
            waiting: jobs.waiting.reduce((sum, { waiting }) => sum + waiting, 0),
            next_since: jobs.next_since,
            blocked: jobs.blocked,
            undecided_events: standing.undecided,
            kinds: [...jobs.waiting],
          }
        : null,
      slots: workers && may('jobs:read') ? { running: jobs.running, capacity: workers.capacity, workers: workers.workers } : null,
      dead_letters: may('jobs:read') ? { count: jobs.dead } : null,
      health: Object.entries(wellbeing.checks).map(([name, { ok, detail }]) => ({ name, ok, detail })),
      storage:
        storage && principal.isStaff
          ? {
              database_version: storage.databaseVersion,
              database_bytes: storage.databaseBytes,
              database_ms: storage.databaseMs,
              disk_free_bytes: storage.disk?.freeBytes ?? null,
              disk_total_bytes: storage.disk?.totalBytes ?? null,
            }
          : null,
      tiles,
    };
  }
}

function executionsOf({ executions, workflows, standing }: Snapshot, ctx: Context): Dashboard['executions'] {
  const redact = redactorOf(ctx);
  const workflowOf = (id: string) => workflows.get(id) ?? { id, slug: '', name: '' };
  const { before } = executions;
  return {
    total: executions.total,
    statuses: executions.statuses,
    error_rate: executions.errorRate,
    p50_ms: executions.p50Ms,
    p95_ms: executions.p95Ms,
    starts_per_minute: standing.starts,
    before: before ? { total: before.total, error_rate: before.errorRate, p95_ms: before.p95Ms } : null,
    counted_from: time(executions.countedFrom),
    buckets: executions.bars.map(({ start, end, isCounted, statuses, p50Ms, p95Ms }) => ({
      start: time(start),
      end: time(end),
      is_counted: isCounted,
      statuses,
      p50_ms: p50Ms,
      p95_ms: p95Ms,
    })),
    top_failures: executions.failures.map(({ workflowId, code, count, lastAt, lastId, trend }) => ({
      workflow: workflowOf(workflowId),
      code: String(redact(code)),
      count,
      last_at: lastAt,
      last_execution_id: lastId,
      trend: [...trend],
    })),
    slowest: executions.slowest.map(({ workflowId, ended, averageMs, longestMs }) => ({
      workflow: workflowOf(workflowId),
      ended,
      average_ms: averageMs,
      longest_ms: longestMs,
    })),
  };
}

async function tilesFor({ tiles }: DashboardService, principal: Principal, within: Period): Promise<Dashboard['tiles']> {
  const open = tiles.all.filter(({ scope }) => scope === undefined || hasScope(principal, scope));
  const read = await Promise.all(
    open.map(async (tile) => shown(tile, await tiles.read(tile, { tenantId: principal.tenantId, within }))),
  );
  return read.flatMap((tile) => tile ?? []);
}

function shown({ name, title, icon: named }: DashboardTile, state: TileState): Dashboard['tiles'][number] | undefined {
  const icon = named ?? null;
  const nothing = { value: null, unit: null, tone: null, note: null, href: null, error: null };
  if ('error' in state) return { name, title, icon, ...nothing, error: state.error };
  if (!state.reading) return undefined;
  const { value, unit = null, tone = null, note, href = null } = state.reading;
  return { name, title, icon, ...nothing, value, unit, tone, note: note === undefined ? null : toWords(note), href };
}

function toWords(note: string | { en: string; it?: string | undefined }): Words {
  if (typeof note === 'string') return { en: note };
  return note.it === undefined ? { en: note.en } : { en: note.en, it: note.it };
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
