// Ours: a read-only viewset over the in-memory store.
import type { AddressInfo } from 'node:net';
import {
  ApiRouter,
  type AppServices,
  apiKeyAuthenticator,
  BaseReadOnlyViewSet,
  createApi,
  createFastifyServer,
} from 'automate/api';
import { TOKEN } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';
import { principal, store, TaskModel } from './rows.ts';

class TaskViewSet extends BaseReadOnlyViewSet<typeof TaskModel> {
  readonly model = TaskModel;
}

const principals = new Map([[TOKEN, principal]]);
const app = createFastifyServer(
  createApi({
    router: new ApiRouter().register('tasks', TaskViewSet, { basename: 'task' }),
    services: { models: store } as AppServices,
    authenticators: [apiKeyAuthenticator({ verify: async (key) => principals.get(key) ?? null })],
  }),
);
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;
serveRemote({ url: async () => `http://127.0.0.1:${port}/tasks/` }, () => app.close());
