import { ApiRouter } from '../api/index.ts';
import { defineFeature } from '../platform/index.ts';
import { appRouter } from './app/views.ts';
import { studioCommands } from './commands/commands.ts';
import { CorrelationExplorerView } from './correlation/viewsets.ts';
import { ExecutionExplorerView } from './explorer/views.ts';
import { pagesRouter } from './pages/views.ts';
import { SchemaViewSet } from './schema/viewsets.ts';
import { studioPages } from './studio-pages.ts';
import { RuleTesterView, RuleTrialView } from './tester/views.ts';

/** The data views behind the Studio. */
export const studio = defineFeature({
  name: 'studio',
  roles: [
    {
      resource: 'studio',
      actions: ['read'],
      editor: ['read'],
      operator: ['read'],
      viewer: ['read'],
      permissions: { view_studio: 'read' },
    },
    { resource: 'schema', actions: ['read'], editor: ['read'] },
  ],
  commands: studioCommands,
  pages: studioPages,
  routes: (registry) =>
    new ApiRouter()
      .register('api/v1/schema', SchemaViewSet, { basename: 'schema' })
      .view('api/studio/correlation', CorrelationExplorerView, { basename: 'correlation-explorer' })
      .view('api/studio/explorer/{id}', ExecutionExplorerView, { basename: 'execution-explorer' })
      .view('api/studio/tester', RuleTesterView, { basename: 'rule-tester' })
      .view('api/studio/tester/events', RuleTrialView, { basename: 'rule-trial' })
      .include('', pagesRouter(registry.all('pages')))
      .include('', appRouter()),
});
