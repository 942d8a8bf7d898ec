import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError, errorMessage } from '../kernel/index.ts';
import { type Feature, isFeature } from '../platform/index.ts';
import { builtInFeatures } from '../server/index.ts';

/**
 * The features that modules export.
 * @param names of packages, or paths from the current directory, as `AUTOMATE_FEATURES` lists them
 * @throws AppError `invalid_settings` for one that cannot be loaded, or that exports none
 */
export async function loadFeatures(names: readonly string[]): Promise<readonly Feature[]> {
  const found = await Promise.all(names.map(load));
  return [...new Set(found.flat())];
}

/** Those that are not the product's own. */
export function othersOf(features: readonly Feature[]): readonly Feature[] {
  return features.filter((feature) => !builtInFeatures.includes(feature));
}

async function load(name: string): Promise<readonly Feature[]> {
  const target = /^[./]/.test(name) ? pathToFileURL(resolve(name)).href : name;
  const module = await import(target).catch((cause: unknown) => {
    throw unusable(`"${name}", which cannot be loaded: ${errorMessage(cause)}`, cause);
  });
  const features = Object.values(module as Record<string, unknown>).filter(isFeature);
  if (features.length === 0) throw unusable(`"${name}", which exports no feature: make one with defineFeature`);
  return features;
}

function unusable(what: string, cause?: unknown): AppError {
  const detail = `AUTOMATE_FEATURES names ${what}`;
  return new AppError({ status: 500, code: 'invalid_settings', title: 'Invalid settings', detail, cause });
}
