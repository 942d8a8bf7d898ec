import { z } from 'zod';
import { BaseAPIView, type Context } from '../../api/index.ts';
import { roleNames } from './role-declaration.ts';
import './roles.ts';

const RoleTable = z
  .object({
    roles: z
      .array(
        z.object({
          name: z.enum(roleNames),
          scopes: z.array(z.string()).describe('What it grants; `*` is everything, `resource:*` every action of one'),
        }),
      )
      .describe('From the most to the least'),
    scopes: z
      .array(
        z.object({
          scope: z.string().describe('`resource:action`'),
          permission: z.string().nullable().describe('Name that stands for it when a key is made'),
        }),
      )
      .describe('All there are, those of the host too'),
  })
  .meta({ id: 'RoleTable' });

/** What each role may do: the table that routes and keys are checked against. */
export class RolesView extends BaseAPIView {
  static {
    this.describe('get', { summary: 'Tell what each role may do', response: RoleTable, scope: 'tenant:read' });
  }
  override tag: string | undefined = 'Members';

  get(ctx: Context): z.input<typeof RoleTable> {
    const { roles } = ctx.services;
    const names = new Map([...roles.permissions].map(([name, scope]) => [scope, name]));
    const scopes = [...new Set([...roles.scopes, ...ctx.api.scopes])];
    return {
      roles: roleNames.map((name) => ({ name, scopes: [...roles.scopesOf(name)] })),
      scopes: scopes.map((scope) => ({ scope, permission: names.get(scope) ?? null })),
    };
  }
}
