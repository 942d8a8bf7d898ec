import { BaseAPIView, type Context, requirePrincipal, StaffOnlyMixin } from '../../api/index.ts';
import { commonErrors, isUuid } from '../../kernel/index.ts';
import { auditActorOf } from '../audit/actor.ts';
import { tenantOf } from '../tenants/tenant.store.ts';
import type { LayerRules } from './layers.ts';
import type { Policy, PolicySchemas } from './schemas.ts';
import '../services.ts';

const problems = { 422: 'Wider than the operator allows.' };

/** The versions that `If-Match` was compared with, for the change that follows. */
const seenVersions = new WeakMap<Context, number>();

type View = new () => BaseAPIView;

export interface PolicyViews {
  /** `/api/v1/policy/` */
  readonly PolicyView: View;
  /** `/api/v1/tenants/{id}/policy/` */
  readonly TenantPolicyView: View;
}

/** The views of policies, for the rules that features have declared. */
export function policyViews({ Policy: response, PolicyRules: rules, PolicyPatch: patch }: PolicySchemas): PolicyViews {
  /** The policy of one's own tenant: what the operator allows, and within that what the tenant allows itself. */
  class PolicyView extends BasePolicyView {
    static {
      this.describe('get', { summary: 'Get the policy of your tenant', response, tagged: true });
      this.describe('put', {
        summary: 'Replace the rules of your tenant',
        description: 'A tenant can be stricter than the operator, and not wider.',
        body: rules,
        response,
        problems,
      });
      this.describe('patch', { summary: 'Change some rules of your tenant', body: patch, response, problems });
    }
  }

  /** The policy of any tenant, whose ceiling the operator sets; for staff. */
  class TenantPolicyView extends StaffOnlyMixin(BasePolicyView) {
    static {
      this.describe('get', { summary: 'Get the policy of a tenant; for staff', response, tagged: true });
      this.describe('put', { summary: 'Replace the ceiling of a tenant; for staff', body: rules, response });
      this.describe('patch', { summary: 'Change some rules of the ceiling of a tenant; for staff', body: patch, response });
    }
    override readonly layer = 'operator';

    override async tenantId(ctx: Context): Promise<string> {
      const id = ctx.params.id ?? '';
      if (!isUuid(id) || !(await tenantOf(ctx.services.database, id)))
        throw commonErrors.not_found('There is no tenant with this id.');
      return id;
    }
  }

  return { PolicyView, TenantPolicyView };
}

class BasePolicyView extends BaseAPIView {
  override scopeResource: string | undefined = 'policy';
  override tag: string | undefined = 'Policy';
  override tagDescription: string | undefined =
    'What a tenant may use, and how much of it: what the operator allows, and within that what the tenant allows itself.';
  readonly layer: 'operator' | 'tenant' = 'tenant';

  async get(ctx: Context): Promise<Policy> {
    const policy = await ctx.services.policies.show(await this.tenantId(ctx));
    seenVersions.set(ctx, policy.version);
    return policy;
  }

  async put(ctx: Context<LayerRules>): Promise<Policy> {
    return this.change(ctx, () => ctx.body);
  }

  async patch(ctx: Context<LayerRules>): Promise<Policy> {
    const given = Object.fromEntries(Object.entries(ctx.body).filter(([, value]) => value !== undefined));
    return this.change(ctx, (before) => ({ ...before, ...given }));
  }

  /** Whose policy it is about. */
  async tenantId(ctx: Context): Promise<string> {
    return requirePrincipal(ctx).tenantId;
  }

  private async change(ctx: Context, make: (before: LayerRules) => LayerRules): Promise<Policy> {
    const seenVersion = ctx.isConditional ? seenVersions.get(ctx) : undefined;
    const tenantId = await this.tenantId(ctx);
    return ctx.services.policies.change(auditActorOf(ctx), { tenantId, layer: this.layer, seenVersion, make });
  }
}
