import {
  type CommandInput,
  createRegistry,
  type Feature,
  orderFeatures,
  type Registry,
  variablesOf,
} from '../../platform/index.ts';

/** Lists the features in the order they are created, and what each of them brings. */
export async function listFeatures({ core, print }: CommandInput, features: readonly Feature[]): Promise<void> {
  const registry = createRegistry(orderFeatures(features));
  const found = await Promise.all(registry.features.map((feature) => describe(feature, registry, core.api)));
  const text = found.map(({ name, ...parts }) => [name, ...Object.entries(parts).flatMap(lineOf)].join('\n')).join('\n\n');
  print({ features: found }, text);
}

type Parts = Readonly<Record<string, readonly string[]>>;

async function describe(
  feature: Feature,
  registry: Registry,
  settings: Parameters<NonNullable<Awaited<ReturnType<NonNullable<Feature['routes']>>>>['routes']>[0],
): Promise<{ readonly name: string } & Parts> {
  const routes = (await feature.routes?.(registry))?.routes(settings) ?? [];
  const {
    name,
    needs = [],
    provides = [],
    models = [],
    roles = [],
    policies = [],
    triggers = [],
    steps = [],
    jobs = [],
  } = feature;
  const { auditActions = [], checks = [], metrics = [], commands = [] } = feature;
  const parts: Parts = {
    needs,
    provides,
    settings: variablesOf(feature).map((variable) => variable.name),
    models: models.map((model) => model.name),
    routes: routes.map(({ method, path }) => `${method} ${path}`),
    roles: roles.flatMap(({ resource, actions }) => actions.map((action) => `${resource}:${action}`)),
    policies: policies.map((rule) => rule.name),
    triggers: triggers.map(({ type }) => type),
    steps: steps.map(({ type }) => type),
    jobs: jobs.map(({ kind }) => kind),
    actions: auditActions.map((action) => action.name),
    checks: checks.map((check) => check.name),
    metrics: metrics.map((metric) => metric.name),
    commands: commands.map((command) => command.name),
  };
  return { name, ...parts } as { readonly name: string } & Parts;
}

function lineOf([part, names]: [string, unknown]): string[] {
  const list = names as readonly string[];
  if (list.length === 0) return [];
  return [`  ${part.padEnd(9)} ${part === 'routes' ? list.length : list.join(', ')}`];
}
