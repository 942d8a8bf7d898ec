// Which folder may import which, and which room of a folder. `npm run check` fails on a wrong direction, a deep import or a cycle (of types too).
const layers = [
  ['kernel'],
  // These three know the kernel alone, and not each other.
  ['db', 'outbound', 'api'],
  ['jobs'],
  ['platform'],
  ['governance'],
  ['accounts'],
  ['engine'],
  ['gateway'],
  ['rag'],
  ['connect'],
  ['datachat'],
  ['studio'],
  ['server'],
  ['cli'],
];
const source = 'packages/automate/src';

/**
 * The rooms of a folder, lowest first: each imports itself, those before it, and the files of the folder's root named `low`, which import
 * no room. All other files of the root stand above the rooms. A folder named here has no room that is not in its order.
 */
const rooms = {
  api: {
    low: [],
    order: [
      'http',
      'settings',
      'input',
      'access',
      'streams',
      'lists',
      'operations',
      'mixins',
      'views',
      'routing',
      'requests',
      'transfer',
      'models',
      'openapi',
      'static',
      'health',
      'documentation',
      'adapters',
    ],
  },
  db: { low: [], order: ['port', 'postgres', 'pglite', 'migrations', 'models', 'web'] },
  governance: {
    low: ['services'],
    order: ['roles', 'credentials', 'keyring', 'audit', 'tenants', 'policy', 'secrets', 'api-keys', 'commands'],
  },
  accounts: {
    low: ['settings'],
    order: [
      'second-factor',
      'people',
      'sessions',
      'sign-in',
      'members',
      'users',
      'invitations',
      'tenants',
      'single-sign-on',
      'auth',
      'pages',
      'commands',
    ],
  },
  engine: {
    low: ['schemas', 'errors', 'actor', 'budget'],
    order: [
      'templates',
      'rules',
      'policy',
      'data-schema',
      'events',
      'steps',
      'graph',
      'records',
      'signals',
      'event-waits',
      'flow',
      'triggers',
      'catalog',
      'cases',
      'workflows',
      'wizards',
      'journal',
      'interpreter',
      'executions',
      'approvals',
      'hooks',
      'dispatch',
      'dry-run',
      'retention',
      'builder',
      'programmatic',
      'commands',
    ],
  },
  gateway: {
    low: ['tasks', 'schemas', 'errors', 'settings'],
    order: [
      'usage',
      'providers',
      'prices',
      'limits',
      'guardrails',
      'artifacts',
      'endpoints',
      'protocols',
      'cache',
      'calls',
      'prompts',
      'jobs',
      'modal',
      'v1',
      'steps',
      'commands',
    ],
  },
  jobs: { low: ['job', 'schemas', 'errors', 'sql'], order: ['store', 'live', 'worker'] },
};

const roomRules = Object.entries(rooms).flatMap(([folder, { low, order }]) => {
  const root = `^${source}/${folder}/`;
  const lowFiles = `(${low.join('|') || '(?!)'})\\.ts$`;
  const unknown = `${root}(?!(${order.join('|')}|fixtures)/)[^/]+/`;
  return [
    ...order.map((room, index) => ({
      name: `${folder}-${room}-imports-lower-rooms`,
      comment: `${folder}/${room} may import only ${[...low, ...order.slice(0, index + 1)].join(', ')}`,
      severity: 'error',
      from: { path: `${root}${room}/`, pathNot: '\\.test\\.ts$' },
      to: { path: root, pathNot: [`${root}${lowFiles}`, `${root}(${order.slice(0, index + 1).join('|')})/`] },
    })),
    {
      name: `${folder}-low-files-import-no-room`,
      severity: 'error',
      from: { path: `${root}${lowFiles}` },
      to: { path: root, pathNot: `${root}${lowFiles}` },
    },
    { name: `${folder}-has-no-other-room`, severity: 'error', from: { path: unknown }, to: {} },
    { name: `${folder}-uses-no-other-room`, severity: 'error', from: {}, to: { path: unknown } },
  ];
});

/** Every folder may use itself and the layers before its own. */
const directions = layers.flatMap((layer, index) =>
  layer.map((folder) => {
    const allowed = [...layers.slice(0, index).flat(), folder];
    return {
      name: `${folder}-imports-to-its-left`,
      comment: `${folder} may import only ${allowed.join(', ')}`,
      severity: 'error',
      from: { path: `^${source}/${folder}/`, pathNot: '\\.test\\.ts$' },
      to: { path: `^${source}/`, pathNot: `^${source}/(${allowed.join('|')})/` },
    };
  }),
);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...directions,
    ...roomRules,
    {
      name: 'through-the-front-door',
      comment: 'Another feature is imported through its index.ts only.',
      severity: 'error',
      from: { path: `^${source}/([^/]+)/` },
      to: { path: `^${source}/([^/]+)/`, pathNot: [`^${source}/$1/`, `^${source}/[^/]+/index\\.ts$`] },
    },
    { name: 'no-cycle', comment: 'Type imports count.', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'fastify-in-its-adapters',
      severity: 'error',
      from: {
        path: `^${source}/`,
        pathNot: [`^${source}/api/adapters/fastify[^/]*\\.ts$`, '\\.test\\.ts$', `^${source}/api/test-support\\.ts$`],
      },
      to: { path: 'node_modules/fastify' },
    },
    {
      name: 'outgoing-calls-through-the-guard',
      comment: 'What leaves the product goes through outbound; PostgreSQL and a mail server have clients of their own.',
      severity: 'error',
      from: {
        path: `^${source}/`,
        pathNot: [`^${source}/outbound/`, '\\.test\\.ts$', `^${source}/testing/`],
      },
      to: {
        path: 'node_modules/(undici|axios|got|node-fetch|ky)/|^(node:)?(https|http2|tls|dgram|dns|dns/promises)$|^(undici)$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'client-stands-alone',
      comment: 'The client runs in browsers and is installed without anything else.',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: ['\\.test\\.ts$', 'test-support\\.ts$'] },
      to: { pathNot: '^packages/client/src/' },
    },
    {
      name: 'studio-uses-the-client-alone',
      comment: 'The web app knows of the server what the client tells.',
      severity: 'error',
      from: { path: '^packages/studio/src/' },
      to: { path: '^packages/', pathNot: ['^packages/studio/src/', '^packages/client/src/index\\.ts$'] },
    },
    {
      name: 'studio-pages-stand-beside-each-other',
      comment: 'What two pages need stands in ui, data or beside them.',
      severity: 'error',
      from: { path: '^packages/studio/src/pages/([^/]+)/' },
      to: { path: '^packages/studio/src/pages/', pathNot: '^packages/studio/src/pages/$1/' },
    },
    {
      name: 'nothing-outside-the-project',
      severity: 'error',
      from: { path: '^packages|^tools|^chaos' },
      to: { path: '^\\.\\./' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/dist/' },
    // TypeScript 7 has no JavaScript API: swc reads the files, or no module would be seen at all.
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs'],
      conditionNames: ['automate-source', 'import', 'default', 'node'],
    },
  },
};
