export { explainRule, probeTemplate } from '../engine/index.ts';
export { probeRedact } from '../kernel/index.ts';
export { probeOutbound } from '../outbound/index.ts';
export {
  createTestDatabase,
  type DatabaseKind,
  databaseKinds,
  prepareTemplates,
  type Templates,
  type TestDatabase,
} from './databases.ts';
export { createTestServer, type Reply, type TestServer, type TestServerOptions } from './server.ts';
