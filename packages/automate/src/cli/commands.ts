import type { CommandDeclaration, CommandOption, Feature } from '../platform/index.ts';

const workerOptions: readonly CommandOption[] = [
  { flags: '--concurrency <number>', summary: 'most jobs in flight at once' },
  { flags: '--lanes <tenants>', summary: 'run jobs of these tenants only: slugs or ids, separated by commas' },
  { flags: '--kinds <kinds>', summary: 'run these kinds of jobs only, such as execution,execution_batch' },
];

/**
 * The commands about the installation as a whole; features bring the others.
 * @param features those of the product, and those that `AUTOMATE_FEATURES` names
 */
export const ownCommands = (features: readonly Feature[]): readonly CommandDeclaration[] => [
  {
    name: 'serve',
    summary: 'Serve the API; in embedded mode with the worker in the same process',
    example: 'PORT=4000 automate serve',
    options: [
      { flags: '--with-worker', summary: 'run the worker in this process too (always so in embedded mode)' },
      { flags: '--migrate', summary: 'bring the database schema up to date first (always so in embedded mode)' },
      ...workerOptions,
    ],
    run: async (input) => (await import('./commands/serve.ts')).serve(input, features),
  },
  {
    name: 'worker',
    summary: 'Run workflows, as one of any number of worker processes',
    example: 'DATABASE_URL=postgres://… automate worker --concurrency 200 --lanes acme',
    options: workerOptions,
    run: async (input) => (await import('./commands/worker.ts')).work(input, features),
  },
  {
    name: 'migrate',
    summary: 'Bring the database schema up to date',
    example: 'automate migrate --status',
    options: [{ flags: '--status', summary: 'only list what is not applied yet' }],
    run: async (input) => (await import('./commands/migrate.ts')).migrateCommand(input, features),
  },
  {
    name: 'routes',
    summary: 'List the routes, and who may use them',
    example: 'automate routes --path /api/v1/workflows',
    options: [
      { flags: '--path <prefix>', summary: 'only paths that start with this' },
      { flags: '--name <prefix>', summary: 'only names (basename.action) that start with this' },
    ],
    run: async (input) => (await import('./commands/routes.ts')).routes(input, features),
  },
  {
    name: 'features',
    summary: 'List the features, and what each of them brings',
    example: 'automate features --json',
    run: async (input) => (await import('./commands/features.ts')).listFeatures(input, features),
  },
  {
    name: 'doctor',
    summary: 'Check settings, database and server',
    example: 'automate doctor',
    run: async (input) => (await import('./commands/doctor.ts')).doctor(input, features),
  },
];
