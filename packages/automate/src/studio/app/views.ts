import { ApiRouter, StaticView } from '../../api/index.ts';
import { appFiles } from './files.ts';

/** The web app at `/studio/`; every path below that no file has is its page, and its own router goes on from there. Nothing, where it was not built. */
export function appRouter(): ApiRouter {
  const files = appFiles();
  if (!files) return new ApiRouter();
  class StudioView extends StaticView {
    readonly files = files as NonNullable<typeof files>;
    override fallback = 'index.html';
    override tag = 'pages';
  }
  return new ApiRouter().view('studio', StudioView, { basename: 'studio-page' });
}
