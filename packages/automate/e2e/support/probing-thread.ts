import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import type { Probe, Probed } from './probing.ts';

// Asks now and then in a thread of its own, so that nothing the test does holds up the clock.
const { probes } = workerData as { probes: readonly Probe[] };
const EVERY_MS = 100;
const agent = new Agent({ keepAlive: true });
const results: Probed[] = [];
let behindMs = 0;
let expectedAt = performance.now();

const ticking = setInterval(() => {
  const now = performance.now();
  // How late this thread itself is: so much of what follows is the machine's doing.
  behindMs = Math.max(0, now - expectedAt);
  expectedAt = now + EVERY_MS;
  for (const probe of probes) ask(probe, now, behindMs);
}, EVERY_MS);

function ask({ name, url, headers }: Probe, askedAt: number, behind: number): void {
  const finish = (status: number) => {
    const ms = performance.now() - askedAt;
    results.push({ name, status, ms: Math.max(0, ms - Math.max(behind, behindMs)) });
  };
  request(url, { agent, headers: { ...headers } }, (response) => {
    response.resume();
    response.on('end', () => finish(response.statusCode ?? 0));
  })
    .on('error', () => finish(0))
    .end();
}

parentPort?.once('message', () => {
  clearInterval(ticking);
  agent.destroy();
  parentPort?.postMessage(results);
});
