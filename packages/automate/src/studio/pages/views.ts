import type { z } from 'zod';
import {
  ApiRouter,
  allow,
  BaseAPIView,
  type Context,
  IsAuthenticated,
  requirePrincipal,
  StaticView,
  staticFiles,
} from '../../api/index.ts';
import { hasScope } from '../../kernel/index.ts';
import type { StudioPage } from '../../platform/index.ts';
import { inOrder, moduleFolder, modulePath } from './navigation.ts';
import { StudioPages } from './schemas.ts';

/** What the Studio has for whoever asks, and the modules of pages that features draw themselves. @param declared pages of all features */
export function pagesRouter(declared: readonly StudioPage[]): ApiRouter {
  const pages = inOrder(declared);
  class StudioPagesView extends BaseAPIView {
    static {
      this.describe('get', { summary: 'List the pages of the Studio that you may open', response: StudioPages });
    }
    override permissions = allow(IsAuthenticated);
    override tag: string | undefined = 'Studio';
    override tagDescription: string | undefined = 'What the Studio is made of.';

    get(ctx: Context): z.input<typeof StudioPages> {
      const principal = requirePrincipal(ctx);
      const open = pages.filter(
        ({ scope, isForStaff = false }) =>
          (scope === undefined || hasScope(principal, scope)) && (principal.isStaff || !isForStaff),
      );
      return { pages: open.map(toEntry) };
    }
  }
  const router = new ApiRouter().view('api/studio/pages', StudioPagesView, { basename: 'studio-pages' });
  for (const { path, module } of pages) {
    if (!module) continue;
    const files = staticFiles({ root: new URL('./', module) });
    class ModuleView extends StaticView {
      readonly files = files;
      override tag = 'pages';
    }
    router.view(moduleFolder(path), ModuleView, { basename: `studio-module-${path.replaceAll('/', '-')}` });
  }
  return router;
}

function toEntry(page: StudioPage): z.input<typeof StudioPages>['pages'][number] {
  const { path, title, icon, group, key = null } = page;
  return { path, title, icon, group, key, module: modulePath(page) ?? null };
}
