/**
 * Runs a task at intervals, never twice at a time, and keeps no process alive for it.
 * @param onError told what the task has thrown; the next interval tries again
 * @returns stops it; a task that runs goes on to its end
 * @example const stop = every(400, () => cache.refresh(), (error) => logger.warn({ error }, 'not refreshed'));
 */
export function every(milliseconds: number, task: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let isRunning = false;
  const timer = setInterval(async () => {
    if (isRunning) return;
    isRunning = true;
    await task().catch(onError);
    isRunning = false;
  }, milliseconds).unref();
  return () => clearInterval(timer);
}
