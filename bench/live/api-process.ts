// Serves the API, without a worker.
import { openProduct } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';

const { automate } = await openProduct({ hasWorker: false });
const url = await automate.listen();

serveRemote({ url: async () => url }, () => automate.close());
