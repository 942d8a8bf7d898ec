import { defineErrors } from '../kernel/index.ts';

export const jobErrors = defineErrors({
  job_not_found: [404, 'Job not found'],
  job_ended: [409, 'Job has ended'],
  job_not_dead: [409, 'Job is no dead letter'],
  job_alone: [409, 'Job is cancelled by itself'],
});
