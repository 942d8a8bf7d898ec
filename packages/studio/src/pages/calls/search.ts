import type { ModelCall } from 'automate-client';
import { beginOf, type Period, periodNames } from '../../data/periods.ts';
import { oneOf, textsOf } from '../../data/search.ts';

/** What the log is narrowed to. */
export interface CallFilters {
  readonly status?: ModelCall['status'];
  readonly within?: Period;
  readonly task?: ModelCall['task'];
  readonly endpoint?: string;
  readonly provider?: string;
  readonly model?: string;
  /** As the provider calls it. */
  readonly provider_model?: string;
  readonly error?: string;
  readonly key?: string;
  readonly prompt?: string;
  readonly trace?: string;
}

/** All that stands in the address. */
export interface CallsSearch extends CallFilters {
  /** Id of the call that is shown in detail. */
  readonly open?: string;
}

export const callStatuses: readonly ModelCall['status'][] = ['succeeded', 'failed', 'cancelled', 'blocked'];
export const callTasks: readonly ModelCall['task'][] = [
  'llm.chat',
  'llm.embed',
  'audio.tts',
  'audio.stt',
  'image.text2img',
  'image.img2img',
  'image.ocr',
  'video.download',
  'video.stt',
  'video.text2video',
];

/** What an address does not say rightly, it does not say. */
export function readCallsSearch(given: Record<string, unknown>): CallsSearch {
  const status = oneOf(given.status, callStatuses);
  const within = oneOf(given.within, periodNames);
  const task = oneOf(given.task, callTasks);
  return {
    ...(status && { status }),
    ...(within && { within }),
    ...(task && { task }),
    ...textsOf(given, ['endpoint', 'provider', 'model', 'provider_model', 'error', 'key', 'prompt', 'trace', 'open']),
  };
}

export function toQuery(
  { status, task, endpoint, provider, model, provider_model, within, error, key, prompt, trace }: CallFilters,
  now: number,
) {
  return {
    ...(status && { status }),
    ...(task && { task }),
    ...(endpoint && { endpoint }),
    ...(provider && { provider }),
    ...(model && { model }),
    ...(provider_model && { provider_model }),
    ...(error && { error_code: error }),
    ...(key && { api_key_id: key }),
    ...(prompt && { prompt_id: prompt }),
    ...(trace && { trace_id: trace }),
    ...(within && { created_after: beginOf(within, now) }),
  };
}
