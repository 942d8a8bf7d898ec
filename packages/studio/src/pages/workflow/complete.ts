import type { WorkflowCatalog } from 'automate-client';
import type { Suggest, Suggestion } from '../../ui/json-complete.ts';
import { below, type JsonNode, textOf } from '../../ui/json-tree.ts';
import { isPathPlace, operatorSuggestions, pathSuggestions } from '../../ui/rule-complete.ts';
import { pathsOf } from '../../ui/rule-operators.ts';

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
}

/** A schema, and the document whose definitions it names. */
interface Place {
  readonly schema: Schema;
  readonly root: Schema;
  /** How the texts there are read. */
  readonly mode: 'plain' | 'template' | 'rule' | 'filter';
}

/**
 * What may stand where in a workflow: fields by the schemas of the graph and of each type of step, types, ids of steps where edges name one,
 * operators and paths in rules, what templates can read.
 * @param sample the input that is tried
 */
export function suggestWorkflow(catalog: WorkflowCatalog, sample: unknown): Suggest {
  return {
    keys(path, root) {
      return placesAt(catalog, path, root).flatMap(({ schema, root: owner, mode }) => {
        if (mode === 'rule' || mode === 'filter') return operatorSuggestions;
        return Object.entries(propertiesOf(schema, owner)).map(([label, inner]) => keyOf(label, inner, owner, schema));
      });
    },
    values(path, root) {
      const named = namesAt(catalog, path, root);
      if (named) return named;
      return placesAt(catalog, path, root).flatMap(({ schema, root: owner, mode }) => {
        if ((mode === 'rule' || mode === 'filter') && isPathPlace(path)) return dataAt(path, root, sample, mode);
        return alternatives(schema, owner).flatMap(valuesOf);
      });
    },
    parts(path, before, root) {
      const open = before.lastIndexOf('{{');
      if (open === -1 || before.indexOf('}}', open) !== -1) return undefined;
      if (!placesAt(catalog, path, root).some(({ mode }) => mode === 'template')) return undefined;
      const typed = /[\w.-]*$/.exec(before.slice(open + 2))?.[0] ?? '';
      return { typed, suggestions: dataAt(path, root, sample, 'template') };
    },
  };
}

/** All that may be at a place: a field may be one thing or another. */
function placesAt(catalog: WorkflowCatalog, path: readonly string[], root: JsonNode | undefined): readonly Place[] {
  const whole = catalog.workflow as Schema;
  const steps = new Map(catalog.steps.map((step) => [step.type, step]));
  const triggers = new Map(catalog.triggers.map((trigger) => [trigger.type, trigger]));
  let places: readonly Place[] = [{ schema: whole, root: whole, mode: 'plain' }];
  let fields: Readonly<Record<string, unknown>> | undefined;
  let body: string | null = null;
  let node = root;
  for (const [index, name] of path.entries()) {
    const type = textOf(below(node, 'type')) ?? '';
    const step = name === 'config' ? steps.get(type) : undefined;
    const trigger = name === 'config' ? triggers.get(type) : undefined;
    node = below(node, name);
    if (step || trigger) {
      const schema = (step ?? trigger)?.config as Schema;
      fields = step?.fields;
      body = step?.body ?? null;
      places = [{ schema: body === null ? schema : withBody(schema, body), root: schema, mode: 'plain' }];
    } else if (body !== null && name === body) {
      places = [{ schema: propertiesOf(whole, whole).graph ?? {}, root: whole, mode: 'plain' }];
      [fields, body] = [undefined, null];
    } else {
      const mode = modeOf(path, index, fields);
      places = places.flatMap((place) =>
        place.mode === 'rule' || place.mode === 'filter'
          ? [place]
          : inside(place, name).map((schema) => ({ schema, root: place.root, mode: mode ?? (fields ? place.mode : 'plain') })),
      );
      if (places.length === 0 && mode) places = [{ schema: {}, root: whole, mode }];
    }
  }
  return places;
}

function withBody(schema: Schema, body: string): Schema {
  return { ...schema, properties: { ...schema.properties, [body]: { type: 'object', description: 'The steps within' } } };
}

/** Of a field, by what the type of its step says; of filters, by their names. */
function modeOf(
  path: readonly string[],
  index: number,
  fields: Readonly<Record<string, unknown>> | undefined,
): Place['mode'] | undefined {
  const name = path[index] ?? '';
  if (!fields) return name === 'filter' || name === 'match' || name === 'priority' ? 'filter' : undefined;
  const kind = Object.hasOwn(fields, name) && path[index - 1] === 'config' ? fields[name] : undefined;
  if (kind === undefined) return undefined;
  return kind === 'rule' || kind === 'condition' ? 'rule' : 'template';
}

function resolved(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.replace('#/$defs/', '');
  return name === undefined ? schema : (root.$defs?.[name] ?? {});
}

const MAXIMUM_DEPTH = 8;

/** The schema itself, or what it may be. */
function alternatives(given: Schema, root: Schema, depth = 0): readonly Schema[] {
  const schema = resolved(given, root);
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (parts.length === 0 || depth > MAXIMUM_DEPTH) return [schema];
  return [schema, ...parts.flatMap((part) => alternatives(part, root, depth + 1))];
}

function propertiesOf(schema: Schema, root: Schema): Readonly<Record<string, Schema>> {
  return Object.assign({}, ...alternatives(schema, root).map(({ properties }) => properties ?? {}));
}

function inside({ schema, root }: Place, name: string): readonly Schema[] {
  return alternatives(schema, root).flatMap((one) => {
    if (one.items && /^\d+$/.test(name)) return [one.items];
    const inner = one.properties && Object.hasOwn(one.properties, name) ? one.properties[name] : undefined;
    return inner ? [inner] : [];
  });
}

function keyOf(label: string, inner: Schema, root: Schema, owner: Schema): Suggestion {
  const schemas = alternatives(inner, root);
  const type = schemas.map((one) => one.type).find((one) => one !== undefined);
  const isRequired = alternatives(owner, root).some(({ required }) => required?.includes(label));
  const follow = ({ object: '{}', array: '[]', string: '""', boolean: 'true' } as Record<string, string>)[String(type)] ?? '';
  const info = inner.description ?? schemas.map(({ description }) => description).find((one) => one !== undefined);
  return { label, follow, info, detail: `${type ?? 'any'}${isRequired ? ', required' : ''}` };
}

function valuesOf({ enum: choices, const: only, type, default: usual, description }: Schema): readonly Suggestion[] {
  const values =
    choices ?? (only !== undefined ? [only] : type === 'boolean' ? [true, false] : usual !== undefined ? [usual] : []);
  return values.map((value) => ({
    label: typeof value === 'string' ? value : JSON.stringify(value),
    value,
    info: description,
    detail: value === usual ? 'default' : undefined,
  }));
}

/** Types of steps and triggers, and steps where an edge names one. */
function namesAt(
  catalog: WorkflowCatalog,
  path: readonly string[],
  root: JsonNode | undefined,
): readonly Suggestion[] | undefined {
  const [last, , list] = [path.at(-1), path.at(-2), path.at(-3)];
  if (last === 'type' && (list === 'nodes' || path.at(-2) === 'compensate'))
    return catalog.steps.map(({ type, description }) => ({ label: type, info: description }));
  if (last === 'type' && list === 'triggers')
    return catalog.triggers.map(({ type, description }) => ({ label: type, info: description }));
  if (list !== 'edges') return undefined;
  const graph = walk(root, path.slice(0, -3));
  const nodes = below(graph, 'nodes')?.items ?? [];
  if (last === 'source' || last === 'target')
    return nodes.flatMap((node) => {
      const id = textOf(below(node, 'id'));
      return id === undefined ? [] : [{ label: id, detail: textOf(below(node, 'type')) }];
    });
  if (last !== 'condition') return undefined;
  const source = textOf(below(walk(root, path.slice(0, -1)), 'source'));
  const type = textOf(
    below(
      nodes.find((node) => textOf(below(node, 'id')) === source),
      'type',
    ),
  );
  const routes = catalog.steps.find((step) => step.type === type)?.routes ?? [];
  return [...routes, 'error'].map((label) => ({ label }));
}

/** What a rule or a template can read at a place. */
function dataAt(
  path: readonly string[],
  root: JsonNode | undefined,
  sample: unknown,
  mode: Place['mode'],
): readonly Suggestion[] {
  const event = { type: '', source: '', id: '', occurred_at: '', payload: sample ?? {} };
  if (mode === 'filter') return pathSuggestions(event);
  const isInLoop = path.filter((name) => name === 'nodes').length > 1;
  const ids = idsIn(root, path);
  return [
    ...[...pathsOf({ event }).keys()].map((label) => ({ label })),
    ...ids.map((id) => ({ label: `steps.${id}.output` })),
    ...['execution.id', 'execution.trace_id', ...(isInLoop ? ['item', 'index'] : [])].map((label) => ({ label })),
  ];
}

/** Steps of the graph that the place is in, and of those around it. */
function idsIn(root: JsonNode | undefined, path: readonly string[]): readonly string[] {
  return path.flatMap((name, index) => {
    if (name !== 'nodes') return [];
    const nodes = below(walk(root, path.slice(0, index)), 'nodes')?.items ?? [];
    return nodes.flatMap((node) => textOf(below(node, 'id')) ?? []);
  });
}

function walk(root: JsonNode | undefined, path: readonly string[]): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>((node, name) => below(node, name), root);
}
