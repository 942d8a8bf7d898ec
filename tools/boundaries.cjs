// Which folder may import which. `npm run check` fails on a wrong direction, a deep import or a cycle (of types too).
const layers = [
  ['kernel'],
  // These three know the kernel alone, and not each other.
  ['db', 'outbound', 'api'],
  ['jobs'],
  ['governance'],
  ['gateway'],
  ['rag'],
  ['engine'],
  ['connect'],
  ['datachat'],
  ['studio'],
  ['server'],
  ['cli'],
];
const source = 'packages/automate/src';

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

/**
 * Rooms of a folder, lowest first: a room imports those before it, and the low root files. Root files that are not low stand above all rooms.
 * @type {Record<string, { low: string[], order: string[] }>}
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
};

const roomDirections = Object.entries(rooms).flatMap(([folder, { low, order }]) => {
  const lowFiles = low.map((file) => `${file}\\.ts$`);
  const pathNot = ['\\.test\\.ts$'];
  return [
    ...order.map((room, index) => {
      const allowed = order.slice(0, index + 1);
      return {
        name: `${folder}/${room}-imports-to-its-left`,
        comment: `${folder}/${room} may import only ${[...low, ...allowed].join(', ')}`,
        severity: 'error',
        from: { path: `^${source}/${folder}/${room}/`, pathNot },
        to: {
          path: `^${source}/${folder}/`,
          pathNot: `^${source}/${folder}/(${[...lowFiles, ...allowed.map((name) => `${name}/`)].join('|')})`,
        },
      };
    }),
    {
      name: `${folder}-has-rooms-in-order`,
      comment: `A new folder in ${folder} gets its place in the order of rooms.`,
      severity: 'error',
      from: { path: `^${source}/${folder}/(?!(${[...order, 'fixtures'].join('|')})/)[^/]+/` },
      to: {},
    },
    ...(low.length === 0
      ? []
      : [
          {
            name: `${folder}-low-files-import-no-room`,
            comment: `${low.join(', ')} stand below all rooms of ${folder}.`,
            severity: 'error',
            from: { path: `^${source}/${folder}/(${lowFiles.join('|')})`, pathNot },
            to: { path: `^${source}/${folder}/`, pathNot: `^${source}/${folder}/(${lowFiles.join('|')})` },
          },
        ]),
  ];
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...directions,
    ...roomDirections,
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
      name: 'nothing-outside-the-project',
      severity: 'error',
      from: { path: '^packages|^tools|^chaos' },
      to: { path: '^\\.\\./' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // TypeScript 7 has no JavaScript API: swc reads the files, or no module would be seen at all.
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs'],
      conditionNames: ['source', 'import', 'default', 'node'],
    },
  },
};
