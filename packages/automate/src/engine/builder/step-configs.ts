import type { Ref, Value } from './ref.ts';

type Text = string | Ref;
type Values = { readonly [name: string]: Value };

/**
 * What each step type is configured with. A host adds its own:
 * `declare module 'automate/engine' { interface StepConfigs { 'math.root': { field: string } } }`.
 */
export interface StepConfigs {
  'core.log': { message: Text; level?: 'debug' | 'info' | 'warn' | 'error' };
  'core.set': { values: Values };
  'core.transform': { template: Values } | { logic: Value };
  'core.filter': { condition: Value };
  'core.code': { code: string; input?: Value; timeout_ms?: number; memory_mb?: number };
  'core.sleep': { seconds: number | Text } | { until: Text };
  'core.wait_for_signal': { name: Text; timeout_seconds?: number; schema?: Values };
  'core.wait_for_event': { event_type: string; match?: Value; since?: 'start' | 'now'; timeout_seconds?: number };
  'core.emit': { event_type: string; payload?: Values; source?: string };
  'http.request': {
    url: Text;
    method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
    headers?: { readonly [name: string]: Text };
    query?: { readonly [name: string]: Text | number | boolean };
    json?: Value;
    body?: Text;
    timeout_seconds?: number;
    large_numbers?: 'refuse' | 'text';
  };
  'workflow.run': { workflow: string; version?: number; input?: Values; wait?: boolean; on_parent_end?: 'cancel' | 'abandon' };
}

/** Fields of configurations that hold JSONLogic. */
export const ruleFields: Readonly<Record<string, readonly string[]>> = {
  'core.transform': ['logic'],
  'core.filter': ['condition'],
  'core.wait_for_event': ['match'],
};
