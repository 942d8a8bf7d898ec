import type { z } from 'zod';
import { BaseViewSet, type Context, StaffOnlyMixin } from '../../api/index.ts';
import { commonErrors, type Model } from '../../kernel/index.ts';
import { describeModel, sentenceCase } from './describe-model.ts';
import { AppDescription, AppDescriptions, type ModelDescription } from './schemas.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** Every model of the product and of the host. */
    readonly modelRegistry: readonly Model[];
  }
}

/**
 * Which models there are, and what a form or a table has to know of their fields; for staff.
 * @example
 * class HouseSchemaViewSet extends SchemaViewSet { override excludedApps = ['jobs']; }
 */
export class SchemaViewSet extends StaffOnlyMixin(BaseViewSet) {
  static {
    this.action('apps', { detail: false, response: AppDescriptions, summary: 'List apps, their models and fields' });
    this.action('app', { detail: false, path: 'apps/{app_label}', response: AppDescription, summary: 'Get one app' });
  }
  override scopeResource: string | undefined = 'schema';
  override tag: string | undefined = 'Schema';
  override tagDescription: string | undefined =
    'The models of this installation and their fields, for tools that build forms; for staff.';
  /** Labels of apps that are not shown. */
  excludedApps: readonly string[] = [];

  /** The models that are shown. */
  getModels(ctx: Context): readonly Model[] {
    return ctx.services.modelRegistry.filter((model) => !this.excludedApps.includes(model.app));
  }

  apps(ctx: Context): z.output<typeof AppDescriptions> {
    const labels = new Set(this.getModels(ctx).map((model) => model.app));
    return { apps: [...labels].toSorted().map((label) => this.describeApp(label, ctx)) };
  }

  app(ctx: Context): AppDescription {
    const app = this.describeApp(ctx.params.app_label ?? '', ctx);
    if (app.models.length === 0) throw commonErrors.not_found('No such app.');
    return app;
  }

  describeApp(label: string, ctx: Context): AppDescription {
    const shown = this.getModels(ctx);
    const models = shown.filter((model) => model.app === label).toSorted((left, right) => left.name.localeCompare(right.name));
    return {
      app_label: label,
      verbose_name: sentenceCase(label),
      models: models.map((model) => withoutHidden(described(model, ctx.services.modelRegistry), this.excludedApps)),
    };
  }
}

/** A hidden app is not named by those that point to it either. */
function withoutHidden(model: ModelDescription, hidden: readonly string[]): ModelDescription {
  const fields = model.fields.map(({ relation, ...field }) =>
    relation && !hidden.includes(relation.app_label) ? { ...field, relation } : field,
  );
  return { ...model, fields };
}

// Models never change while a process runs, and turning schemas inside out for every request would be waste.
const DESCRIBED = new WeakMap<readonly Model[], Map<Model, ModelDescription>>();

function described(model: Model, models: readonly Model[]): ModelDescription {
  const known = DESCRIBED.get(models) ?? new Map<Model, ModelDescription>();
  DESCRIBED.set(models, known);
  const description = known.get(model) ?? describeModel(model, models);
  known.set(model, description);
  return description;
}
