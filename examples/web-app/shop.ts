// A built web app below one path: pages under a policy with a nonce, files with their entity tags.
import { ApiRouter, StaticView, staticFiles } from 'automate/api';

const files = staticFiles({ root: new URL('./built/', import.meta.url) });

export class ShopView extends StaticView {
  readonly files = files;
  override fallback = 'index.html';
}

/** For `createAutomate({ router: shopRouter() })`; with `AUTOMATE_LANDING=/shop/`, people land there after sign-in. */
export function shopRouter(): ApiRouter {
  return new ApiRouter().view('shop', ShopView);
}
