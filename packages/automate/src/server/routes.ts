import { ApiRouter, type ClientOfApi, documentationRouter, healthRouter } from '../api/index.ts';
import {
  ApprovalLinkView,
  ApprovalModel,
  ApprovalViewSet,
  EventIngestView,
  EventModel,
  ExecutionModel,
  ExecutionViewSet,
  engineRules,
  WorkflowModel,
  WorkflowViewSet,
} from '../engine/index.ts';
import {
  ApiKeyModel,
  ApiKeyViewSet,
  AuditModel,
  AuditViewSet,
  governanceRules,
  InvitationModel,
  InvitationViewSet,
  MasterKeyViewSet,
  MemberModel,
  MemberViewSet,
  type PolicyRule,
  pagesRouter,
  policySchemas,
  policyViews,
  SecretModel,
  SecretViewSet,
  SessionViewSet,
  SignInViewSet,
  SingleSignOnViewSet,
  TenantModel,
  TenantViewSet,
  UserModel,
  UserViewSet,
} from '../governance/index.ts';
import { JobModel, JobViewSet } from '../jobs/index.ts';
import type { Model } from '../kernel/index.ts';
import { CorrelationExplorerView, SchemaViewSet } from '../studio/index.ts';
import { MetricsView } from './metrics.ts';

/** Every route of the product. A host's router is included after it: a view with the same basename takes the place of ours. */
export function builtInRouter(): ApiRouter {
  const { PolicyView, TenantPolicyView } = policyViews(policySchemas(policyRules));
  const v1 = new ApiRouter()
    .register('events', EventIngestView, { basename: 'event' })
    .register('workflows', WorkflowViewSet, { basename: 'workflow' })
    .register('executions', ExecutionViewSet, { basename: 'execution' })
    .register('approvals', ApprovalViewSet, { basename: 'approval' })
    .register('api-keys', ApiKeyViewSet, { basename: 'api-key' })
    .register('secrets', SecretViewSet, { basename: 'secret' })
    .register('master-keys', MasterKeyViewSet, { basename: 'master-key' })
    .view('policy', PolicyView, { basename: 'policy' })
    .register('tenants', TenantViewSet, { basename: 'tenant' })
    .view('tenants/{id}/policy', TenantPolicyView, { basename: 'tenant-policy' })
    .register('members', MemberViewSet, { basename: 'member' })
    .register('invitations', InvitationViewSet, { basename: 'invitation' })
    .register('users', UserViewSet, { basename: 'user' })
    .register('audit', AuditViewSet, { basename: 'audit' })
    .register('jobs', JobViewSet, { basename: 'job' })
    .register('schema', SchemaViewSet, { basename: 'schema' });
  const studio = new ApiRouter().view('correlation', CorrelationExplorerView, { basename: 'correlation-explorer' });
  return new ApiRouter()
    .include('health', healthRouter())
    .view('metrics', MetricsView, { basename: 'metrics' })
    .include('api', documentationRouter())
    .include('api/v1', v1)
    .view('api/approvals/{token}', ApprovalLinkView, { basename: 'approval-link' })
    .include('api/studio', studio)
    .register('api/auth', SignInViewSet, { basename: 'sign-in' })
    .register('api/auth', SingleSignOnViewSet, { basename: 'single-sign-on' })
    .register('api/auth', SessionViewSet, { basename: 'session' })
    .include('', pagesRouter());
}

/** The client of these routes, and of no others. */
export const publishedClient: ClientOfApi = { name: 'automate-client', has: (basename) => covered().has(basename) };

let known: ReadonlySet<string> | undefined;
function covered(): ReadonlySet<string> {
  known ??= builtInRouter().basenames;
  return known;
}

/** Every rule that the policy of a tenant can have. */
export const policyRules: readonly PolicyRule[] = [...governanceRules, ...Object.values(engineRules)];

/** Every model of the product; `ctx.services.modelRegistry` holds them. */
export const builtInModels: readonly Model[] = [
  WorkflowModel,
  EventModel,
  ExecutionModel,
  ApprovalModel,
  JobModel,
  ApiKeyModel,
  SecretModel,
  TenantModel,
  AuditModel,
  MemberModel,
  InvitationModel,
  UserModel,
];
