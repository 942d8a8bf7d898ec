// Serves the Studio over a full list of executions; nothing runs.
import { openProduct } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';

const { automate } = await openProduct({ hasWorker: false });
const url = await automate.listen();

serveRemote({ url: async () => url }, () => automate.close());
