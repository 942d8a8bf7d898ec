import type { z } from 'zod';
import { Environment, type Settings } from '../../kernel/index.ts';
import { type Feature, type FeatureSettings, variablesOf } from '../../platform/index.ts';
import type { Setting } from './schemas.ts';

export interface SettingsInForce {
  readonly core: Settings;
  readonly all: FeatureSettings;
  readonly features: readonly Feature[];
}

interface Group {
  readonly feature: string | null;
  readonly settings: Setting[];
}

/** What holds, by whom it was set; nothing of what is secret. Groups without settings are left out. */
export function settingsInForce({ core, all, features }: SettingsInForce): Group[] {
  const parsed: Readonly<Record<string, unknown>> = Environment.safeParse(core.variables).data ?? {};
  const installation = Object.entries(Environment.shape).map(([name, schema]) => settingOf(core, name, schema, parsed[name]));
  const groups = features.map((feature) => ({
    feature: feature.name,
    settings: variablesOf(feature).map(({ name, field, schema }) => settingOf(core, name, schema, all.of(feature.name)[field])),
  }));
  return [{ feature: null, settings: installation }, ...groups, { feature: 'api', settings: ofTheApi(core) }].filter(
    ({ settings }) => settings.length > 0,
  );
}

/** Of the web layer, whose settings are known by those that are set. */
function ofTheApi(core: Settings): Setting[] {
  return Object.entries(core.api).map(([name, value]) => settingOf(core, `AUTOMATE_API_${name}`, undefined, value));
}

function settingOf(core: Settings, name: string, schema: z.ZodType | undefined, value: unknown): Setting {
  const { description = '' } = (schema?.meta() ?? {}) as { readonly description?: string };
  const source = core.sources[name] ?? 'default';
  const isSecret = SECRET.test(name);
  return {
    name,
    description: plain(description),
    is_set: source !== 'default',
    source,
    is_secret: isSecret,
    value: isSecret ? null : textOf(value),
  };
}

/** By its name, so that a setting of a feature that nobody thought of is rather hidden than shown. */
const SECRET = /SECRET|TOKEN|PASS|KEY|CREDENTIAL|PRIVATE|SIGNATURE|SALT|DSN|COOKIE/;

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return withoutCredentials(text);
}

/** Addresses of servers hold users, passwords, and keys in their query. */
function withoutCredentials(text: string): string {
  return (
    text
      // Up to the last one, since a password may hold anything.
      .replace(/([a-z][a-z0-9+.-]*:\/\/).*@/gi, '$1•••@')
      .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s?#,]*)[?#][^\s,]*/gi, '$1?•••')
  );
}

/** Markdown of the documentation as a text. */
function plain(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}
