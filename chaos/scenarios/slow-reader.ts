import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { ServerProcess } from '../../packages/automate/e2e/support/server-process.ts';
import { type Experiment, experiment } from '../harness/experiment.ts';
import { pause, type Scenario } from '../harness/scenario.ts';

const SOCKETS = 200;
const ITEMS = 400;
const ITEM_BYTES = 8_000;
/** What one reader may leave unread, and what the process may grow by for other reasons. */
const MEGABYTES_EACH = 1;
const MEGABYTES_BESIDE = 150;

export const scenario: Scenario = {
  name: 'slow-reader',
  injects: `${SOCKETS} readers of an event stream stop reading while the execution says some megabytes`,
  passes: 'the server keeps 1 MB for each at most; it answers others; a reader that comes back with Last-Event-ID gets the rest',
  databases: ['postgres'],
  run: (options) =>
    experiment(options, async (given) => {
      const { fleet, sink, faults, expect } = given;
      const server = await fleet.startServer();
      await fleet.startWorker();
      const text = 'x'.repeat(ITEM_BYTES);
      const body = { nodes: [{ id: 'big', type: 'core.transform', config: { template: { text, index: '{{ index }}' } } }] };
      const loop = { items: Array.from({ length: ITEMS }, (_, index) => index), collect: false, body };
      const call = (id: string) => ({
        id,
        type: 'http.request',
        config: { method: 'POST', url: `${sink.url}/${id}`, json: {}, timeout_seconds: 120 },
      });
      const workflow = await given.createWorkflow({
        nodes: [call('first'), { id: 'loop', type: 'flow.foreach', config: loop }, call('last')],
        edges: [
          { source: 'first', target: 'loop' },
          { source: 'loop', target: 'last' },
        ],
      });
      await sink.behave('/first', { hold: 'after' });
      await sink.behave('/last', { hold: 'after' });
      const id = await given.run(workflow);
      while ((await sink.heldCount()) < 1) await pause(50);
      const path = `/api/v1/executions/${id}/events/`;
      const before = megabytesOf(server);
      const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => pausedReader(given, server, path)));
      await sink.release();
      const answers: number[] = [];
      let most = 0;
      while ((await sink.heldCount()) < 1) {
        const began = performance.now();
        expect((await given.call('GET', '/health/live/')).status === 200, 'it did not answer others');
        answers.push(performance.now() - began);
        most = Math.max(most, megabytesOf(server) - before);
        await pause(100);
      }
      for (let count = 0; count < 30; count += 1) {
        most = Math.max(most, megabytesOf(server) - before);
        await pause(100);
      }
      const limit = SOCKETS * MEGABYTES_EACH + MEGABYTES_BESIDE;
      expect(most <= limit, `the server grew by ${most.toFixed(0)} MB, ${limit} are allowed`);
      await sink.behave('/last', {});
      await sink.release();
      const drained = await given.drain(60);
      for (const socket of sockets) socket.destroy();
      const at = Date.now();
      faults.add({ at, until: at, held: new Set() });

      const seen = await rest(given, server, path, '2');
      expect(
        seen.includes('event: execution') && seen.includes('"status":"succeeded"'),
        'a reader that came back did not see the end',
      );
      expect(
        !seen.includes('id: 1\n') && seen.includes(`"iteration":${ITEMS - 1}`),
        'a reader that came back did not get the rest',
      );
      return {
        figures: { grown_mb: most, slowest_answer_ms: Math.max(...answers, 0), drain_seconds: drained },
        evidence: { nodes: null, keysOf: ({ id: execution }) => [`${execution}:first:0`, `${execution}:last:0`] },
      };
    }),
};

/** A reader that stops after the first bytes. */
function pausedReader({ token }: Experiment, server: ServerProcess, path: string): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once('error', reject);
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\naccept: text/event-stream\r\n\r\n`,
    );
    socket.once('data', (chunk) => {
      socket.pause();
      socket.off('error', reject).on('error', () => undefined);
      if (chunk.toString('latin1').startsWith('HTTP/1.1 200')) resolve(socket);
      else reject(new Error(chunk.toString('latin1').slice(0, 300)));
    });
  });
}

async function rest({ token }: Experiment, server: ServerProcess, path: string, after: string): Promise<string> {
  const response = await fetch(new URL(path, server.url), {
    headers: { authorization: `Bearer ${token}`, 'last-event-id': after },
  });
  return response.text();
}

function megabytesOf({ pid }: ServerProcess): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
}
