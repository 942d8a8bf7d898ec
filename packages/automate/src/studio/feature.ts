import { ApiRouter } from '../api/index.ts';
import { defineFeature } from '../platform/index.ts';
import { createAdminModels } from './admin/models.ts';
import { adminRouter } from './admin/views.ts';
import { appRouter } from './app/views.ts';
import { studioCommands } from './commands/commands.ts';
import { CorrelationExplorerView } from './correlation/viewsets.ts';
import { createDashboard } from './dashboard/create-dashboard.ts';
import { DashboardView } from './dashboard/views.ts';
import { ExecutionExplorerView } from './explorer/views.ts';
import { pagesRouter } from './pages/views.ts';
import { SavedViewModel } from './saved-views/schemas.ts';
import { SavedViewViewSet } from './saved-views/viewsets.ts';
import { SchemaViewSet } from './schema/viewsets.ts';
import { StudioSettingsViewSet } from './settings/viewsets.ts';
import { studioPages } from './studio-pages.ts';
import { RuleTesterView, RuleTrialView } from './tester/views.ts';
import './welcome/services.ts';
import { WelcomeView } from './welcome/views.ts';
import { wizardRouter } from './wizard/views.ts';
import { WorkflowSummaryView } from './workflows/views.ts';

/** The data views behind the Studio. */
export const studio = defineFeature({
  name: 'studio',
  provides: ['admin', 'dashboard', 'settingsInForce'],
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
    {
      resource: 'saved_views',
      actions: ['read', 'write', 'share'],
      editor: ['*'],
      operator: ['*'],
      viewer: ['read', 'write'],
    },
    { resource: 'settings', actions: ['read', 'write'] },
  ],
  models: [SavedViewModel],
  migrations: { directory: new URL('./migrations/', import.meta.url), schema: undefined },
  // Its tables refer to tenants.
  needs: ['audit'],
  commands: studioCommands,
  pages: studioPages,
  routes: (registry) =>
    new ApiRouter()
      .register('api/v1/schema', SchemaViewSet, { basename: 'schema' })
      .register('api/v1/saved-views', SavedViewViewSet, { basename: 'saved-view' })
      .register('api/studio/settings', StudioSettingsViewSet, { basename: 'studio-settings' })
      .view('api/studio/correlation', CorrelationExplorerView, { basename: 'correlation-explorer' })
      .view('api/studio/explorer/{id}', ExecutionExplorerView, { basename: 'execution-explorer' })
      .view('api/studio/dashboard', DashboardView, { basename: 'dashboard' })
      .view('api/studio/welcome', WelcomeView, { basename: 'welcome' })
      .view('api/studio/tester', RuleTesterView, { basename: 'rule-tester' })
      .view('api/studio/tester/events', RuleTrialView, { basename: 'rule-trial' })
      .view('api/studio/workflows', WorkflowSummaryView, { basename: 'workflow-summary' })
      .include('', pagesRouter(registry.all('pages')))
      .include('', wizardRouter(registry.all('wizards')))
      .include('', adminRouter())
      .include('', appRouter()),
  create({ db, logger, core, allSettings, registry, allServices: services }) {
    const directory = core.database.kind === 'embedded' ? core.database.directory : undefined;
    return {
      services: {
        admin: createAdminModels(registry),
        settingsInForce: { core, all: allSettings, features: registry.features },
        dashboard: createDashboard({ db, logger, services, tiles: registry.all('tiles'), directory }),
      },
    };
  },
});
