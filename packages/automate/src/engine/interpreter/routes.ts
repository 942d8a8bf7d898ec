import { storableText } from '../../kernel/index.ts';
import type { PlanNode } from '../graph/plan.ts';
import type { NodeEnd } from '../graph/progress.ts';
import type { StepRecord } from '../records/execution.ts';
import { ERROR_ROUTE } from '../steps/error-route.ts';
import type { StepResult } from '../steps/step-result.ts';

// Stored as the routes of steps, where no route of a step type can look like them.
const STOP_ROUTE = '#stop';
const CONTINUE_ROUTE = '#continue';
/** Of a failure that costs its branch alone. */
export const LOST_ROUTE = '#lost';
/** Of a step that waits, and fails when its time is over. */
export const LIMIT_ROUTE = '#limit';

/** What is stored as the route by which a step left. */
export function routeOf({ isStop, route }: Pick<StepResult, 'isStop' | 'route'>): string | null {
  return isStop ? STOP_ROUTE : route === undefined ? null : storableText(route);
}

/** The same for one that failed; null: it took everything with it. */
export function failureRoute(onError: PlanNode['onError']): string | null {
  return { route: ERROR_ROUTE, continue: CONTINUE_ROUTE, lose_branch: LOST_ROUTE, fail: null }[onError];
}

/** What a stored step means for those behind it. */
export function endOf({ status, route }: Pick<StepRecord, 'status' | 'route'>): NodeEnd {
  if (route === STOP_ROUTE) return 'stopped';
  if (route === LOST_ROUTE) return 'lost';
  if (status === 'failed' && route === ERROR_ROUTE) return 'failed';
  return { route: route === CONTINUE_ROUTE || route === null ? undefined : route };
}
