import type { MigrationSource } from '../db/index.ts';
import { type Feature, orderFeatures } from '../platform/index.ts';
import { builtInFeatures } from './built-in.ts';

/** The migrations of these features, in their order: none refers to tables of a later one. */
export function migrationSourcesOf(features: readonly Feature[]): readonly MigrationSource[] {
  return features.flatMap(({ name, migrations }): MigrationSource[] => {
    if (migrations === undefined) return [];
    if (migrations instanceof URL) return [{ name, directory: migrations, schema: name.replaceAll('-', '_') }];
    const { directory, schema } = migrations;
    return [{ name, directory, ...(schema !== undefined && { schema }) }];
  });
}

/** What the product itself ships. */
export const builtInMigrations: readonly MigrationSource[] = migrationSourcesOf(orderFeatures(builtInFeatures));
