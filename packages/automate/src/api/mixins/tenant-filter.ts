import { narrow, type Scope } from '../../kernel/index.ts';
import type { Context } from '../http/context.ts';
import type { Scoped, View } from '../operations/base-view.ts';
import type { Ctor } from './constructor.ts';

export interface TenantFiltered {
  /** Column that holds the tenant. */
  tenantField: string;
}

/**
 * Confines every query to the principal's tenant by a column of the host's choosing; without a principal there are no rows.
 * Models of ours are confined by their own `tenant_id` without it.
 * @example
 * class InvoiceViewSet extends TenantFilterMixin(BaseModelViewSet) { override tenantField = 'organization_id'; … }
 */
export function TenantFilterMixin<Base extends Ctor<View & Scoped>>(base: Base): Base & Ctor<TenantFiltered> {
  if (FILTERED in base) return base as unknown as Base & Ctor<TenantFiltered>;
  abstract class OfTenant extends base implements TenantFiltered {
    static readonly [FILTERED] = true;
    tenantField = 'organization_id';

    override getQuery(ctx: Context): Scope | null {
      const scope = super.getQuery(ctx);
      if (!scope || !ctx.principal) return null;
      return narrow(scope, { [this.tenantField]: ctx.principal.tenantId });
    }
  }
  return OfTenant;
}

// Applied once more, it would set back what a class has set.
const FILTERED = Symbol('TenantFilterMixin');
