import { percentile, report, say } from '../harness/figures.ts';
import { startPostgres } from '../harness/postgres.ts';
import { productEnvironment, TOKEN } from '../harness/product.ts';
import { type Remote, startRemote } from '../harness/remote.ts';

const ROUNDS = 3;
const EXECUTIONS = 10;
const FOLLOWERS = 5;
/** Each takes a tenth of a second. */
const CHANGES = 120;

/** How soon a change of an execution reaches those who follow it, at two API processes, while a third one works. */
export async function run({ profileDirectory }: { profileDirectory: string | undefined }): Promise<void> {
  const postgres = await startPostgres();
  const options = { environment: productEnvironment({ url: await postgres.createDatabase('live') }), profileDirectory };
  const remotes: Remote[] = [];
  const start = async (module: string) => {
    const remote = await startRemote(new URL(module, import.meta.url), options);
    remotes.push(remote);
    return remote;
  };
  try {
    const worker = await start('./worker-process.ts');
    const hosts = await Promise.all(['one', 'two'].map(async () => (await start('./api-process.ts')).call<string>('url')));
    const rounds: Round[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      rounds.push(await measure(worker, hosts));
      say(
        `round ${round}: ${rounds.at(-1)?.latencies.length} arrivals, ${Math.round(rounds.at(-1)?.changesPerSecond ?? 0)} changes/s`,
      );
    }
    const common = { bench: 'live', note: `${EXECUTIONS * FOLLOWERS} followers at two processes` };
    const of = (fraction: number) => rounds.map(({ latencies }) => percentile(latencies, fraction));
    report({ ...common, figure: 'arrival_p50', unit: 'ms', values: of(0.5) });
    report({ ...common, figure: 'arrival_p95', unit: 'ms', values: of(0.95), target: { of: 'value', atMost: 500 } });
    report({ ...common, figure: 'changes', unit: 'changes/s', values: rounds.map(({ changesPerSecond }) => changesPerSecond) });
  } finally {
    for (const remote of remotes.reverse()) await remote.stop();
    await postgres.stop();
  }
}

interface Round {
  /** Milliseconds from the end of a step, by the clock of this machine, to its event; of each follower. */
  readonly latencies: readonly number[];
  readonly changesPerSecond: number;
}

async function measure(worker: Remote, hosts: readonly string[]): Promise<Round> {
  const ids = await worker.call<string[]>('start', { executions: EXECUTIONS, changes: CHANGES });
  const began = performance.now();
  const followed = await Promise.all(
    ids.flatMap((id) => Array.from({ length: FOLLOWERS }, (_, index) => follow(hosts[index % hosts.length] ?? '', id))),
  );
  const seconds = (performance.now() - began) / 1_000;
  if (followed.some(({ seen }) => seen < CHANGES)) throw new Error('a follower missed a change');
  return { latencies: followed.flatMap(({ latencies }) => latencies), changesPerSecond: (EXECUTIONS * CHANGES) / seconds };
}

/** Follows an execution to its end; what was over before it followed is not counted as late. */
async function follow(host: string, id: string): Promise<{ latencies: number[]; seen: number }> {
  const reply = await fetch(`${host}/api/v1/executions/${id}/events/`, { headers: { authorization: `Bearer ${TOKEN}` } });
  if (!reply.ok || !reply.body) throw new Error(`following was answered with ${reply.status}`);
  const began = Date.now();
  const latencies: number[] = [];
  let [text, seen] = ['', 0];
  for await (const chunk of reply.body.pipeThrough(new TextDecoderStream())) {
    const now = Date.now();
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const finished = /^event: step\ndata: .*"node":"each\/pause".*"status":"succeeded".*"finished_at":"([^"]+)"/m.exec(
        text.slice(0, end),
      );
      text = text.slice(end + 2);
      if (!finished) continue;
      seen += 1;
      const at = Date.parse(finished[1] ?? '');
      if (at >= began) latencies.push(now - at);
    }
  }
  return { latencies, seen };
}
