import { randomBytes } from 'node:crypto';
import { AllowAny, allow } from '../access/permissions.ts';
import type { Context } from '../http/context.ts';
import { html, type RawReply } from '../http/reply.ts';
import { ApiRouter } from '../routing/router.ts';
import type { StaticFile } from '../static/static-files.ts';
import { StaticView } from '../static/static-view.ts';
import { BaseAPIView } from '../views/view.ts';
import { documentReply } from './document-reply.ts';
import { page } from './page.ts';
import { referencePolicy } from './policy.ts';
import { referenceFiles } from './reference-files.ts';

/** What the documentation's views share: anyone may read how to call. */
abstract class DocumentationView extends BaseAPIView {
  override authentication = [];
  override permissions = allow(AllowAny);
  override tag = 'Documentation';
  override tagDescription = 'This page, and the document that it shows. Neither needs a key.';
}

/** The OpenAPI 3.1 document. */
export class OpenAPIView extends DocumentationView {
  static {
    this.describe('get', { summary: 'The OpenAPI document', produces: 'application/json' });
  }

  get(ctx: Context): Promise<RawReply> {
    return documentReply(ctx);
  }
}

/** A page that shows the operations with examples, and sends requests. */
export class DocsView extends DocumentationView {
  static {
    this.describe('get', { summary: 'The documentation', produces: 'text/html' });
  }

  get({ api }: Context): RawReply {
    const nonce = randomBytes(18).toString('base64url');
    const links = {
      files: api.reverse('docs-file.get', { version: referenceFiles.version }),
      document: api.reverse('openapi.get'),
    };
    return html(page(links, nonce), {
      headers: {
        'content-security-policy': referencePolicy(nonce),
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cache-control': 'no-store',
      },
    });
  }
}

/** Scripts and styles of the page, under an address that changes with any of them. */
export class DocsFileView extends StaticView {
  readonly files = referenceFiles;
  override tag = 'Documentation';

  /** While processes of two versions run side by side, a page may ask the other one: what it gets must not be kept. */
  protected override cacheControl(_file: StaticFile, { params }: Context): string {
    return params.version === referenceFiles.version ? 'public, max-age=31536000, immutable' : 'no-store';
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
    .view('docs/files/{version}', DocsFileView, { basename: 'docs-file' });
}
