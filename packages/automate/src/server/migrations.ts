import type { MigrationSource } from '../db/index.ts';

/** What the product itself ships, in the order of its features: none refers to tables of a later one. */
export const builtInMigrations: readonly MigrationSource[] = [
  { name: 'db', directory: new URL('../db/migrations/', import.meta.url) },
  { name: 'jobs', directory: new URL('../jobs/migrations/', import.meta.url) },
  { name: 'governance', directory: new URL('../governance/migrations/', import.meta.url) },
  { name: 'accounts', directory: new URL('../governance/people/migrations/', import.meta.url) },
  { name: 'engine', directory: new URL('../engine/migrations/', import.meta.url) },
];
