import type { Db, Queryable } from '../../db/index.ts';
import type { Audit, AuditActor, Secrets } from '../../governance/index.ts';
import { notifyJobs } from '../../jobs/index.ts';
import { invalidInput, newId, type Redactor } from '../../kernel/index.ts';
import { type DataSchema, dataIssues } from '../data-schema/data-schema.ts';
import { engineErrors } from '../errors.ts';
import { lockOpen } from '../journal/control.store.ts';
import { ENDED_EXECUTIONS } from '../records/status.ts';
import { endingOf, insertSignal } from '../signals/signal.store.ts';
import { approvalSignal } from '../steps/waiting.ts';
import {
  countApprovals,
  findApproval,
  findPlace,
  isOpen,
  type StoredApproval,
  type StoredPlace,
  tenantOfExecution,
} from './approval.store.ts';
import type { ApprovalLinks } from './approval-link.ts';
import type { ApprovalForm, ApprovalReceipt, Decision } from './schemas.ts';

/** Decisions that executions wait for. */
export interface Approvals {
  /** What the holder of a link is asked. @throws AppError `approval_not_found` */
  look(token: string): Promise<ApprovalForm>;
  /** @throws AppError `approval_not_found`, `already_decided`, `invalid_input` */
  decideByLink(token: string, decision: Decision, from: Pick<AuditActor, 'traceId' | 'address'>): Promise<ApprovalReceipt>;
  /** Where an approval of this tenant stands, also one that is decided. */
  find(tenantId: string, id: string): Promise<StoredPlace | undefined>;
  /** How many wait for somebody, counted up to `enough`. */
  count(tenantId: string, enough: number): Promise<number>;
  /** @throws AppError `approval_not_found`, `already_decided`, `invalid_input` */
  decide(actor: AuditActor, place: StoredPlace, decision: Decision): Promise<ApprovalReceipt>;
}

export interface ApprovalsOptions {
  readonly db: Db;
  readonly links: Pick<ApprovalLinks, 'read'>;
  readonly audit: Audit;
  readonly redactFor: (tenantId: string) => Redactor;
  readonly secrets: Pick<Secrets, 'learn'>;
  notify(executionIds: readonly string[]): void;
}

/** How a link is named where people and keys are. */
const LINK = 'link';

export function createApprovals(options: ApprovalsOptions): Approvals {
  const { db, links } = options;
  return {
    async look(token) {
      const { tenantId, place } = await locate({ db, links }, token);
      return look(options, tenantId, place);
    },
    async decideByLink(token, decision, from) {
      const { tenantId, place } = await locate({ db, links }, token);
      return decide(options, { ...from, tenantId, actor: LINK }, place, decision);
    },
    find: (tenantId, id) => db.asTenant(tenantId, (transaction) => findPlace(transaction, tenantId, id)),
    count: (tenantId, enough) => db.asTenant(tenantId, (transaction) => countApprovals(transaction, tenantId, enough)),
    decide: (actor, place, decision) => decide(options, actor, place, decision),
  };
}

async function look({ db, redactFor, secrets }: ApprovalsOptions, tenantId: string, place: StoredPlace): Promise<ApprovalForm> {
  await secrets.learn(tenantId);
  return db.asTenant(tenantId, async (transaction) => {
    const canGoOn = await isOpen(transaction, place.executionId);
    const approval = await findApproval(transaction, place);
    if (!approval || !(approval.decided ?? (canGoOn && isWaiting(approval)))) throw notFound();
    const redact = redactFor(tenantId);
    const { title, description, schema } = approval.input;
    return {
      title: String(redact(title)),
      description: description === null ? null : String(redact(description)),
      schema,
      expires_at: approval.resume_at,
      decided: approval.decided,
    };
  });
}

async function locate(
  { db, links }: Pick<ApprovalsOptions, 'db' | 'links'>,
  token: string,
): Promise<{ tenantId: string; place: StoredPlace }> {
  const found = links.read(token);
  const tenantId = found && (await tenantOfExecution(db, found.executionId));
  if (!tenantId) throw notFound();
  const at = found.key.lastIndexOf(':');
  const place = {
    executionId: found.executionId,
    nodePath: found.key.slice(0, at),
    iteration: Number(found.key.slice(at + 1)),
  };
  return { tenantId, place };
}

async function decide(
  { db, audit, notify }: ApprovalsOptions,
  actor: AuditActor,
  place: StoredPlace,
  given: Decision,
): Promise<ApprovalReceipt> {
  const { executionId, nodePath, iteration } = place;
  const decided = { decision: given.decision, decided_at: new Date().toISOString() };
  await db.asTenant(actor.tenantId, async (transaction) => {
    // Whoever decides the same at the same time waits here, and finds it decided.
    const approval = await requireOpen(transaction, place);
    const data = checkData(given, approval.input.schema);
    const comment = given.comment?.trim() || null;
    await insertSignal(transaction, {
      id: newId(),
      tenantId: actor.tenantId,
      executionId,
      name: approvalSignal(`${nodePath}:${iteration}`),
      data: { decision: given.decision, data, decided_by: actor.actor, comment, decided_at: decided.decided_at },
      sentBy: actor.actor,
    });
    await notifyJobs(transaction, [executionId]);
    await audit.record(transaction, {
      ...actor,
      action: 'approval.decide',
      target: { type: 'approval', id: approval.id },
      diff: { execution_id: executionId, node: nodePath, iteration, decision: given.decision, comment },
    });
  });
  notify([executionId]);
  return decided;
}

async function requireOpen(transaction: Queryable, place: StoredPlace): Promise<StoredApproval> {
  const status = await lockOpen(transaction, place.executionId);
  const approval = await findApproval(transaction, place);
  if (approval?.decided) throw engineErrors.already_decided(`It was ${approval.decided} already.`);
  const canGoOn = status !== undefined && !ENDED_EXECUTIONS.has(status) && !(await endingOf(transaction, place.executionId));
  if (!canGoOn || !approval || !isWaiting(approval)) throw notFound();
  return approval;
}

function isWaiting({ status, is_over }: StoredApproval): boolean {
  return status === 'waiting' && !is_over;
}

/** Who rejects has nothing to fill in; what they send all the same has to fit. */
function checkData({ decision, data }: Decision, schema: DataSchema | null): NonNullable<Decision['data']> {
  const sent = data ?? {};
  if (decision === 'rejected' && Object.keys(sent).length === 0) return sent;
  if (!schema) {
    if (Object.keys(sent).length === 0) return sent;
    throw invalidInput([{ pointer: '/data', code: 'not_expected', message: 'must be empty: this approval asks for no data' }]);
  }
  const issues = dataIssues(schema, sent);
  if (issues.length > 0) throw invalidInput(issues.map((issue) => ({ ...issue, pointer: `/data${issue.pointer}` })));
  return sent;
}

/** The same for whatever is wrong with a link: it tells nothing. */
function notFound() {
  return engineErrors.approval_not_found('Nothing waits for this decision: the link is wrong or too old, or it is over.');
}
