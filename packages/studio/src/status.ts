/** How an execution, a step or a job stands. */
export type Status = 'queued' | 'running' | 'waiting' | 'retrying' | 'succeeded' | 'failed' | 'cancelled' | 'skipped';
