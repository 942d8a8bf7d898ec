import type { z } from 'zod';
import {
  BaseAPIView,
  BaseReadOnlyViewSet,
  type Context,
  PublicAPIMixin,
  type RateRule,
  rate,
  requirePrincipal,
  type StandardAction,
} from '../../api/index.ts';
import { auditActorOf, redactorOf } from '../../governance/index.ts';
import { isUuid, type Row } from '../../kernel/index.ts';
import type { StoredPlace } from './approval.store.ts';
import { ApprovalForm, ApprovalModel, ApprovalReceipt, DecidedApprovalModel, Decision } from './schemas.ts';
import './services.ts';

type ApprovalRow = Row<typeof ApprovalModel>;
const decisionOptions = {
  summary: 'Decide',
  body: Decision,
  examples: {
    Yes: { decision: 'approved', comment: 'Within the budget.' },
    No: { decision: 'rejected', comment: 'Ask again next month.' },
  },
  response: ApprovalReceipt,
  problems: { 409: 'It was decided already.' },
} as const;

/** Decisions that wait for a person, and the way to make them for whoever is signed in. */
export class ApprovalViewSet extends BaseReadOnlyViewSet<typeof ApprovalModel> {
  static {
    this.action('decide', {
      ...decisionOptions,
      detail: true,
      methods: ['post'],
      description: 'The execution goes on where it stood. Each approval is decided once.',
    });
  }
  readonly model = ApprovalModel;
  override tag: string | undefined = 'Approvals';
  override tagDescription: string | undefined =
    'Decisions that executions wait for, made by somebody who is signed in, or by whoever has the link.';
  override scopeResource: string | undefined = 'executions';

  /** What is decided is in no list any more, and a second decision is told so all the same. */
  override getObject(ctx: Context) {
    if (ctx.route.action !== 'decide') return super.getObject(ctx);
    const { id = '' } = ctx.params;
    const { tenantId } = requirePrincipal(ctx);
    return isUuid(id) ? (ctx.services.approvals.find(tenantId, id) as Promise<never>) : undefined;
  }

  /** @param found where it stands, as `getObject` has found it */
  async decide(found: ApprovalRow, ctx: Context<z.output<typeof Decision>>): Promise<z.input<typeof ApprovalReceipt>> {
    const place = found as unknown as StoredPlace;
    return ctx.services.approvals.decide(auditActorOf(ctx), place, ctx.body);
  }

  override present(row: ApprovalRow, ctx: Context): ApprovalRow {
    const redact = redactorOf(ctx);
    return { ...row, title: String(redact(row.title)), description: redact(row.description) as string | null };
  }
}

type DecidedRow = Row<typeof DecidedApprovalModel>;

/** What was decided, by whom; those of the newest executions first. */
export class DecidedApprovalViewSet extends BaseReadOnlyViewSet<typeof DecidedApprovalModel> {
  readonly model = DecidedApprovalModel;
  override excludedActions: readonly StandardAction[] = ['retrieve'];
  override tag: string | undefined = 'Approvals';
  override scopeResource: string | undefined = 'executions';

  override present(row: DecidedRow, ctx: Context): DecidedRow {
    const redact = redactorOf(ctx);
    return { ...row, title: redact(row.title) as string | null, comment: redact(row.comment) as string | null };
  }
}

/** The same for whoever has the link. To look decides nothing: programs that preview links look at every one. */
export class ApprovalLinkView extends PublicAPIMixin(BaseAPIView) {
  static {
    this.describe('get', { summary: 'Show what a link asks to decide', response: ApprovalForm });
    this.describe('post', { ...decisionOptions, summary: 'Decide by a link', idempotent: false });
  }
  override publicRateLimit: RateRule = rate('120/minute', { key: 'ip', name: 'public' });
  override tag = 'Approvals';

  async get(ctx: Context): Promise<z.input<typeof ApprovalForm>> {
    ctx.reply.header('cache-control', 'no-store');
    return ctx.services.approvals.look(ctx.params.token ?? '');
  }

  async post(ctx: Context<z.output<typeof Decision>>): Promise<z.input<typeof ApprovalReceipt>> {
    ctx.reply.header('cache-control', 'no-store');
    const from = { traceId: ctx.traceId, address: ctx.request.ip };
    return ctx.services.approvals.decideByLink(ctx.params.token ?? '', ctx.body, from);
  }
}
