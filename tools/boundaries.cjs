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

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...directions,
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
