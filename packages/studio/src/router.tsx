import { createRoute, createRouter } from '@tanstack/react-router';
import { mount } from './base.ts';
import { toHome } from './data/welcome.ts';
import { accountRoute } from './pages/account/routes.ts';
import { adminRoutes } from './pages/admin/routes.ts';
import { apiKeysRoute } from './pages/api-keys/routes.ts';
import { approvalsRoute } from './pages/approvals/routes.ts';
import { artifactsRoute } from './pages/artifacts/routes.ts';
import { auditRoute } from './pages/audit/routes.ts';
import { budgetsRoute } from './pages/budgets/routes.ts';
import { callsRoute } from './pages/calls/routes.ts';
import { compareRoute } from './pages/compare/routes.ts';
import { correlationRoute } from './pages/correlation/routes.ts';
import { dashboardRoute } from './pages/dashboard/routes.ts';
import { deadLettersRoute } from './pages/dead-letters/routes.ts';
import { endpointRoute, newEndpointRoute } from './pages/endpoint/routes.ts';
import { endpointsRoute } from './pages/endpoints/routes.ts';
import { eventsRoute } from './pages/events/routes.ts';
import { executionRoute } from './pages/execution/routes.ts';
import { executionsRoute } from './pages/executions/routes.ts';
import { jobsRoute } from './pages/jobs/routes.ts';
import { moduleRoute } from './pages/module/routes.ts';
import { peopleRoute } from './pages/people/routes.ts';
import { policyRoute } from './pages/policy/routes.ts';
import { pricesRoute } from './pages/prices/routes.ts';
import { promptRoute } from './pages/prompt/routes.ts';
import { promptsRoute } from './pages/prompts/routes.ts';
import { providerTestRoute } from './pages/provider-test/routes.ts';
import { providersRoute } from './pages/providers/routes.ts';
import { secretsRoute } from './pages/secrets/routes.ts';
import { settingsRoute } from './pages/settings/routes.ts';
import { spendRoute } from './pages/spend/routes.ts';
import { tenantsRoute } from './pages/tenants/routes.ts';
import { testerRoute } from './pages/tester/routes.ts';
import { welcomeRoute } from './pages/welcome/routes.ts';
import { wizardRoute, wizardsRoute } from './pages/wizard/routes.ts';
import { editWorkflowRoute, workflowRoute } from './pages/workflow/routes.ts';
import { workflowsRoute } from './pages/workflows/routes.ts';
import { root } from './root-route.ts';
import { Broken } from './shell/broken.tsx';
import { Shell } from './shell/shell.tsx';
import { NotFound } from './ui/empty.tsx';

const home = createRoute({
  getParentRoute: () => root,
  path: 'studio',
  beforeLoad: toHome,
});

root.update({ component: Shell, notFoundComponent: () => <NotFound />, errorComponent: Broken });

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    welcomeRoute,
    dashboardRoute,
    executionsRoute,
    executionRoute,
    compareRoute,
    correlationRoute,
    jobsRoute,
    deadLettersRoute,
    eventsRoute,
    approvalsRoute,
    testerRoute,
    wizardsRoute,
    wizardRoute,
    peopleRoute,
    apiKeysRoute,
    secretsRoute,
    tenantsRoute,
    policyRoute,
    auditRoute,
    settingsRoute,
    spendRoute,
    budgetsRoute,
    pricesRoute,
    artifactsRoute,
    accountRoute,
    ...adminRoutes,
    workflowsRoute,
    workflowRoute,
    editWorkflowRoute,
    promptsRoute,
    promptRoute,
    providersRoute,
    providerTestRoute,
    callsRoute,
    endpointsRoute,
    newEndpointRoute,
    endpointRoute,
    moduleRoute,
  ]),
  basepath: mount,
  trailingSlash: 'always',
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
