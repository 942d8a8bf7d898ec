import type { ApiRouter } from '../../api/index.ts';
import { RunnableEndpointViewSet } from './endpoint.viewsets.ts';
import { EndpointRunView } from './run-view.ts';
import { EndpointStreamView } from './stream-view.ts';

export function modalRoutes(router: ApiRouter): ApiRouter {
  return router
    .register('api/v1/endpoints', RunnableEndpointViewSet, { basename: 'endpoint' })
    .view('api/modal/endpoints/{id}/run', EndpointRunView, { basename: 'endpoint-run' })
    .view('api/modal/endpoints/{id}/stream', EndpointStreamView, { basename: 'endpoint-stream' });
}
