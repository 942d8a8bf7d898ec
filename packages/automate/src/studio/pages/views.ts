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
import type { StudioPage } from '../../platform/index.ts';
import { isOpenTo } from '../open-to.ts';
import { inOrder, moduleFolder, modulePath } from './navigation.ts';
import { StudioCounts, StudioPages } from './schemas.ts';

/** Nobody looks at more one by one. */
const MOST_COUNTED = 100;

/** What a page is made of. Nothing else of the folder is given out, such as a `package.json` or what holds settings. */
const WEB_FILE = /\.(?:m?js|css|svg|png|jpe?g|webp|woff2|wasm|map)$/;

/** What the Studio has for whoever asks, and the modules of pages that features draw themselves. @param declared pages of all features */
export function pagesRouter(declared: readonly StudioPage[]): ApiRouter {
  const pages = inOrder(declared);
  class StudioPagesView extends BaseAPIView {
    static {
      this.describe('get', { summary: 'List the pages of the Studio that you may open', response: StudioPages });
    }
    override scopeResource = 'studio';
    override permissions = allow(IsAuthenticated);
    override tag: string | undefined = 'Studio';
    override tagDescription: string | undefined = 'What the Studio is made of.';

    get(ctx: Context): z.input<typeof StudioPages> {
      const principal = requirePrincipal(ctx);
      return { pages: pages.filter((page) => isOpenTo(page, principal)).map(toEntry) };
    }
  }
  class StudioCountsView extends BaseAPIView {
    static {
      this.describe('get', {
        summary: 'Count what waits on the pages of the Studio',
        description: `Of the pages that you may open, those that count something: up to ${MOST_COUNTED}, which stands for that many or more.`,
        response: StudioCounts,
      });
    }
    override scopeResource = 'studio';
    override permissions = allow(IsAuthenticated);
    override tag: string | undefined = 'Studio';

    async get(ctx: Context): Promise<z.input<typeof StudioCounts>> {
      const principal = requirePrincipal(ctx);
      const counts: Record<string, number> = {};
      for (const page of pages) {
        if (!page.count || !isOpenTo(page, principal)) continue;
        try {
          counts[page.path] = await page.count(ctx.services, principal.tenantId, MOST_COUNTED);
        } catch (error) {
          // One that fails takes the others with it as little as the navigation.
          ctx.log.warn({ page: page.path, error }, 'what waits on a page could not be counted');
        }
      }
      return { counts };
    }
  }
  const router = new ApiRouter()
    .view('api/studio/pages', StudioPagesView, { basename: 'studio-pages' })
    .view('api/studio/counts', StudioCountsView, { basename: 'studio-counts' });
  for (const { path, module } of pages) {
    if (!module) continue;
    const files = staticFiles({ root: new URL('./', module), include: WEB_FILE });
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
