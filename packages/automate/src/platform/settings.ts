import type { z } from 'zod';
import { AppError } from '../kernel/index.ts';

/** A setting of a feature, and the environment variable that sets it. */
export interface Variable {
  /** @example 'rowLimit' */
  readonly field: string;
  /** @example 'AUTOMATE_CRM_ROW_LIMIT' */
  readonly name: string;
  readonly schema: z.ZodType;
}

/** The settings of all features, checked. */
export interface FeatureSettings {
  /** Those of a feature; none for one that is not there. @example settings.of('crm').rowLimit */
  of(feature: string): Readonly<Record<string, unknown>>;
}

/** What has settings. */
interface Settable {
  readonly name: string;
  readonly settings?: z.ZodObject;
}

/** The variables that a feature reads: `AUTOMATE_<FEATURE>_<FIELD>`, unless `.meta({ variable })` names another. */
export function variablesOf({ name, settings }: Settable): readonly Variable[] {
  const prefix = `AUTOMATE_${constantOf(name)}`;
  return Object.entries((settings?.shape ?? {}) as Readonly<Record<string, z.ZodType>>).map(([field, schema]) => {
    const { variable } = (schema.meta() ?? {}) as { readonly variable?: string };
    return { field, name: variable ?? `${prefix}_${constantOf(field)}`, schema };
  });
}

/**
 * The settings of these features, out of the environment.
 * @throws AppError `invalid_settings`, naming each variable and what is wrong with it
 */
export function readSettings(features: readonly Settable[], environment: Readonly<Record<string, string>>): FeatureSettings {
  const problems: string[] = [];
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  for (const feature of features) {
    if (!feature.settings) continue;
    const variables = variablesOf(feature);
    const given = Object.fromEntries(
      variables.flatMap(({ field, name }) => (environment[name] === undefined ? [] : [[field, environment[name]] as const])),
    );
    const parsed = feature.settings.safeParse(given);
    if (parsed.success) found.set(feature.name, parsed.data);
    else problems.push(...parsed.error.issues.map((issue) => problemOf(issue, variables)));
  }
  if (problems.length === 0) return { of: (feature) => found.get(feature) ?? {} };
  throw new AppError({ status: 500, code: 'invalid_settings', title: 'Invalid settings', detail: problems.join('; ') });
}

function problemOf({ path, message }: z.core.$ZodIssue, variables: readonly Variable[]): string {
  const variable = variables.find(({ field }) => field === path[0]);
  return variable ? `${variable.name} ${message}` : message;
}

/** `rowLimit` and `row-limit` → `ROW_LIMIT`. */
function constantOf(name: string): string {
  return name
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .replaceAll('-', '_')
    .toUpperCase();
}
