import type { Context } from '../../api/index.ts';
import type { FieldOf, Model } from '../../kernel/index.ts';
import { type AdminModel, type AdminOptions, adminOf, type Registry } from '../../platform/index.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly admin: AdminModels;
  }
}

/** How models are shown in the admin. */
export interface AdminModels {
  /**
   * Says how a model is shown, in place of what was said before; it is shown by what its schema says without.
   * @throws TypeError for a column that the model does not have
   */
  register<M extends Model>(model: M, options: AdminOptions<FieldOf<M['schema']>>): void;
  optionsOf(model: Model): AdminOptions;
}

export function createAdminModels(registry: Registry): AdminModels {
  const known = new Map<string, AdminModel>();
  for (const declared of registry.all('admin')) known.set(keyOf(declared.model), declared);
  return {
    register(model, options) {
      known.set(keyOf(model), adminOf(model, options));
    },
    optionsOf: (model) => known.get(keyOf(model))?.options ?? {},
  };
}

/** Two models of one name belong to different apps. In addresses letters are small. */
export function keyOf({ app, name }: Pick<Model, 'app' | 'name'>): string {
  return `${app}/${name}`.toLowerCase();
}

export function adminOptionsOf(ctx: Context, model: Model): AdminOptions {
  return ctx.services.admin.optionsOf(model);
}
