import type { z } from 'zod';
import {
  BaseAPIView,
  BaseReadOnlyViewSet,
  type Context,
  type OperationOptions,
  PublicAPIMixin,
  type RateRule,
  type RawReply,
  rate,
  redirect,
  requirePrincipal,
  type StandardAction,
} from '../../api/index.ts';
import { auditActorOf, redactorOf } from '../../governance/index.ts';
import type { Row } from '../../kernel/index.ts';
import type { StoredArtifact } from './artifact.store.ts';
import { contentReply } from './content-reply.ts';
import {
  Artifact,
  ArtifactLink,
  ArtifactModel,
  ArtifactSpace,
  DownloadQuery,
  LinkQuery,
  Uploaded,
  UploadQuery,
} from './schemas.ts';
import { createUploadTurns } from './upload-turns.ts';
import { uploadsOf } from './uploads.ts';
import './artifacts.ts';

type ArtifactRow = Row<typeof ArtifactModel>;

const TAG = 'Artifacts';
const takeTurn = createUploadTurns();

/** Files of a tenant: sent to us, or made by models. */
export class ArtifactViewSet extends BaseReadOnlyViewSet<typeof ArtifactModel> {
  static {
    this.describe('retrieve', { summary: 'Get what is known of an artifact', response: Artifact, shaped: true });
    this.describe('create', {
      summary: 'Upload one file or up to 20',
      description:
        'The file is the body, or the files are those of a form. Of several all are kept or none. One that nothing refers to is deleted after some days.',
      query: UploadQuery,
      consumes: ['multipart/form-data', '*/*'],
      streamed: true,
      response: Uploaded,
      status: 201,
      problems: {
        413: 'A file is larger than one may be.',
        415: 'A file is not what it says.',
        422: 'The policy leaves no space, or the Idempotency-Key was used for another request.',
        429: 'The tenant sends too many files at once.',
      },
    });
    this.describe('destroy', { summary: 'Delete an artifact', status: 204 });
    this.action('space', {
      detail: false,
      summary: 'Get how much room artifacts have',
      response: ArtifactSpace,
    });
    this.action('link', {
      detail: true,
      summary: 'Get a link to an artifact',
      description: 'It holds for a while and needs no credentials.',
      response: ArtifactLink,
    });
  }
  readonly model = ArtifactModel;
  override tag: string | undefined = TAG;
  override tagDescription: string | undefined =
    'Files: sent to the gateway, or made by models. Their bytes are fetched by links that expire.';
  override scopeResource: string | undefined = 'artifacts';

  async create(ctx: Context<unknown, z.output<typeof UploadQuery>>): Promise<z.input<typeof Uploaded>> {
    const { tenantId } = requirePrincipal(ctx);
    const endTurn = takeTurn(tenantId);
    const kept: StoredArtifact[] = [];
    try {
      for await (const { name, contentType, source, expectedBytes } of uploadsOf(ctx, ctx.query.name)) {
        const { traceId, request } = ctx;
        const expiresAt = expiryOf(ctx.query);
        const { signal } = request;
        const origin = { kind: 'upload' };
        kept.push(
          await ctx.services.artifacts.put({
            tenantId,
            name,
            contentType,
            source,
            expectedBytes,
            origin,
            traceId,
            expiresAt,
            signal,
          }),
        );
      }
    } catch (error) {
      for (const { id } of kept) await ctx.services.artifacts.remove({ tenantId, id }).catch(() => undefined);
      throw error;
    } finally {
      endTurn();
    }
    const shown = kept.map((row) => this.present(row as unknown as ArtifactRow, ctx));
    const [only] = shown;
    if (!only || shown.length > 1) return { results: shown };
    ctx.reply.header('location', `${ctx.request.path.replace(/\/*$/, '/')}${only.id}/`);
    return only;
  }

  async space(ctx: Context): Promise<z.input<typeof ArtifactSpace>> {
    const { used, limit, largest } = await ctx.services.artifacts.space(requirePrincipal(ctx).tenantId);
    return { used_bytes: used, limit_bytes: limit, largest_bytes: largest };
  }

  async link({ id }: ArtifactRow, ctx: Context): Promise<z.input<typeof ArtifactLink>> {
    const { artifacts } = ctx.services;
    const expires_at = new Date(Date.now() + artifacts.linkSeconds * 1_000).toISOString();
    return { url: await artifacts.link({ tenantId: requirePrincipal(ctx).tenantId, id }), expires_at };
  }

  async destroy(ctx: Context): Promise<void> {
    const { tenantId } = requirePrincipal(ctx);
    const { id, name, content_type, bytes, sha256 } = this.present(ctx.row as ArtifactRow, ctx);
    const { audit, artifacts } = ctx.services;
    const entry = {
      ...auditActorOf(ctx),
      target: { type: 'artifact', id },
      diff: { before: { name, content_type, bytes, sha256 } },
    };
    await artifacts.remove({
      tenantId,
      id,
      within: (transaction) => audit.record(transaction, { ...entry, action: 'artifact.delete' }),
    });
  }

  override getStandardOptions(action: StandardAction): OperationOptions | undefined {
    const options = super.getStandardOptions(action);
    return options && action === 'list' ? { ...options, summary: 'List artifacts' } : options;
  }

  /** A name may hold what is secret. */
  override present(row: ArtifactRow, ctx: Context): ArtifactRow {
    return { ...row, name: String(redactorOf(ctx)(row.name)) };
  }
}

function expiryOf({ expires_in_seconds: seconds }: z.output<typeof UploadQuery>): Date | undefined {
  return seconds === undefined ? undefined : new Date(Date.now() + seconds * 1_000);
}

/** Sends whoever may see an artifact to its bytes. */
export class ArtifactDownloadView extends BaseAPIView {
  static {
    this.describe('get', {
      summary: 'Download an artifact',
      description:
        'Answers 302 with a link that holds for a while and needs no credentials. With `inline` it sends the bytes itself.',
      query: DownloadQuery,
      produces: '*/*',
      problems: { 416: 'There is no such part of it.' },
    });
  }
  override tag: string | undefined = TAG;
  override scopeResource: string | undefined = 'artifacts';

  async get(ctx: Context<unknown, z.output<typeof DownloadQuery>>): Promise<RawReply> {
    const { tenantId } = requirePrincipal(ctx);
    const artifact = await ctx.services.artifacts.get({ tenantId, id: ctx.params.id ?? '' });
    const { inline } = ctx.query;
    if (inline !== undefined && inline !== 'false') return contentReply(ctx, artifact);
    const link = await ctx.services.artifacts.linkOf(artifact);
    return redirect('url' in link ? link.url : `${ctx.api.reverse('artifact-content.get', { id: artifact.id })}?${link.query}`);
  }
}

/** The bytes, for whoever has a link that we signed. */
export class ArtifactContentView extends PublicAPIMixin(BaseAPIView) {
  static {
    this.describe('get', {
      summary: 'Fetch the bytes of an artifact by a link',
      query: LinkQuery,
      produces: '*/*',
      problems: { 403: 'The link is not one of ours.', 410: 'The link is too old.', 416: 'There is no such part of it.' },
    });
  }
  // A film is fetched in many parts.
  override publicRateLimit: RateRule = rate('1200/minute', { key: 'ip', name: 'artifacts' });
  override tag: string | undefined = TAG;

  async get(ctx: Context<unknown, z.output<typeof LinkQuery>>): Promise<RawReply> {
    return contentReply(ctx, await ctx.services.artifacts.linked({ id: ctx.params.id ?? '', ...ctx.query }));
  }
}
