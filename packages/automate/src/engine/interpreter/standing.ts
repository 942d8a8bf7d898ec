import { isDue } from './due.ts';
import { isLoopAgain } from './loops.ts';
import type { Start } from './moves.ts';
import { LIMIT_ROUTE } from './routes.ts';
import type { Run } from './run.ts';

/**
 * How a step stands that begins or goes on. `lost`: a race was decided against it. `ready`: it is tried, or tried again. `waiting`: for
 * its time or a signal. `signalled`: what it waits for is there. `timed_out`: that has not come in time. `woken`: it has only waited
 * for a time, which has come. `loop_again`: a loop that goes over its items once more.
 */
export type Standing = 'lost' | 'ready' | 'waiting' | 'signalled' | 'timed_out' | 'woken' | 'loop_again';

export function standingOf(run: Run, start: Start): Standing {
  const { frame, node, before } = start;
  if (run.isLost(start)) return 'lost';
  if (!before || run.isStopping(frame)) return 'ready';
  const { status, waitsFor, resumeAt, route } = before;
  const isLater = resumeAt !== null && !isDue(run, before);
  if (status === 'waiting' && waitsFor !== null) {
    if (run.inbox.has(waitsFor)) return 'signalled';
    return resumeAt !== null && !isLater ? 'timed_out' : 'waiting';
  }
  if (isLater) return 'waiting';
  if (status === 'waiting') return route === LIMIT_ROUTE ? 'timed_out' : 'woken';
  return isLoopAgain(node, before) ? 'loop_again' : 'ready';
}
