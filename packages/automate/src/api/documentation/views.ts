import { AllowAny, allow } from '../access/permissions.ts';
import type { Context } from '../http/context.ts';
import { html, type RawReply, raw } from '../http/reply.ts';
import { ApiRouter } from '../routing/router.ts';
import { BaseAPIView } from '../views/view.ts';
import { page } from './page.ts';
import { script } from './script.ts';
import { styles } from './styles.ts';

/** What the documentation's views share: anyone may read how to call. */
abstract class DocumentationView extends BaseAPIView {
  override authentication = [];
  override permissions = allow(AllowAny);
  override tag = 'documentation';
}

/** The OpenAPI 3.1 document. */
export class OpenAPIView extends DocumentationView {
  static {
    this.describe('get', { summary: 'The OpenAPI document', produces: 'application/json' });
  }

  get(ctx: Context): RawReply {
    return raw(ctx.api.openapi(), { contentType: 'application/json; charset=utf-8' });
  }
}

/** A page that lists the operations and sends requests. */
export class DocsView extends DocumentationView {
  static {
    this.describe('get', { summary: 'The documentation', produces: 'text/html' });
  }

  get({ api }: Context): RawReply {
    const links = {
      script: api.reverse('docs-script.get'),
      styles: api.reverse('docs-styles.get'),
      document: api.reverse('openapi.get'),
    };
    return html(page(links), { headers: { 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer' } });
  }
}

/** The script of the page; a file of its own, so that the page's policy allows no inline code. */
export class DocsScriptView extends DocumentationView {
  static {
    this.describe('get', { summary: 'Script of the documentation', produces: 'text/javascript' });
  }

  get(): RawReply {
    return raw(script, { contentType: 'text/javascript; charset=utf-8' });
  }
}

export class DocsStylesView extends DocumentationView {
  static {
    this.describe('get', { summary: 'Styles of the documentation', produces: 'text/css' });
  }

  get(): RawReply {
    return raw(styles, { contentType: 'text/css; charset=utf-8' });
  }
}

/**
 * The routes `openapi.json` and `docs/`.
 * @example
 * new ApiRouter().include('api', documentationRouter());
 */
export function documentationRouter(): ApiRouter {
  return new ApiRouter()
    .view('openapi.json', OpenAPIView, { basename: 'openapi' })
    .view('docs', DocsView, { basename: 'docs' })
    .view('docs/app.js', DocsScriptView, { basename: 'docs-script' })
    .view('docs/app.css', DocsStylesView, { basename: 'docs-styles' });
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
