/** Kind of the jobs that end whatever process runs them. */
export const POISON_JOB = 'chaos.poison';
