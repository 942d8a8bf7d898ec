import { IsStaff, type Permission } from '../access/permissions.ts';
import type { Context } from '../http/context.ts';
import type { View } from '../operations/base-view.ts';
import type { Ctor } from './constructor.ts';

/**
 * Only staff principals, on top of the view's permissions and wherever in the chain of mixins it stands.
 * @example
 * class MyAppBaseViewSet extends StaffOnlyMixin(BaseViewSet) {}
 */
export function StaffOnlyMixin<Base extends Ctor<View>>(base: Base): Base {
  abstract class ForStaff extends base {
    override getPermissions(ctx: Context): readonly Permission[] {
      return [...super.getPermissions(ctx), IsStaff];
    }
  }
  return ForStaff;
}
