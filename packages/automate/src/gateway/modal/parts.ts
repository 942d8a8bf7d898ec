import type { ApiRouter } from '../../api/index.ts';
import type { JobDeclaration } from '../../platform/index.ts';
import { ENDPOINT_WEBHOOK } from '../jobs/end-job.ts';
import { ENDPOINT_JOB } from '../jobs/job-handler.ts';
import { RunnableEndpointViewSet } from './endpoint.viewsets.ts';
import { EndpointJobView, JobEventsView, JobStatusView } from './job-views.ts';
import { EndpointRunView } from './run-view.ts';
import { EndpointStreamView } from './stream-view.ts';
import './services.ts';

export const modalJobs: readonly JobDeclaration[] = [
  { kind: ENDPOINT_JOB, handler: ({ endpointJobs }) => endpointJobs.handler },
  { kind: ENDPOINT_WEBHOOK, handler: ({ endpointJobs }) => endpointJobs.webhookHandler as never },
];

export function modalRoutes(router: ApiRouter): ApiRouter {
  return router
    .register('api/v1/endpoints', RunnableEndpointViewSet, { basename: 'endpoint' })
    .view('api/modal/endpoints/{id}/run', EndpointRunView, { basename: 'endpoint-run' })
    .view('api/modal/endpoints/{id}/stream', EndpointStreamView, { basename: 'endpoint-stream' })
    .view('api/modal/endpoints/{id}/job', EndpointJobView, { basename: 'endpoint-job' })
    .view('api/modal/jobs/{id}/status', JobStatusView, { basename: 'endpoint-job-status' })
    .view('api/modal/jobs/{id}/events', JobEventsView, { basename: 'endpoint-job-events' });
}
