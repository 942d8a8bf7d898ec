import { type Context, headerOf, RawReply } from '../../api/index.ts';
import type { StoredArtifact } from './artifact.store.ts';
import { dispositionOf } from './artifact-name.ts';
import { holdsStill, rangeOf } from './byte-range.ts';
import { isSafeInline } from './content-type.ts';
import { artifactErrors } from './errors.ts';

/** What a browser makes of it has no rights: it runs nothing, loads nothing, and is of no origin. */
const POLICY = "default-src 'none'; sandbox";

/** Bytes of an artifact as HTTP has them: in parts, and not again to whoever has them (RFC 9110, 13 and 14). */
export async function contentReply(ctx: Context, artifact: StoredArtifact): Promise<RawReply> {
  const { bytes, content_type: contentType, sha256, tenant_id: tenantId } = artifact;
  const { request, services } = ctx;
  const tag = `"${sha256}"`;
  const name = String(services.redactFor(tenantId)(artifact.name));
  const headers: Record<string, string> = {
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-disposition': dispositionOf(name, isSafeInline(contentType)),
    'content-security-policy': POLICY,
    'cross-origin-resource-policy': 'cross-origin',
    etag: tag,
    'x-content-type-options': 'nosniff',
  };
  if (isKnown(headerOf(request, 'if-none-match'), tag)) return new RawReply('', { status: 304, headers });

  const asked = holdsStill(headerOf(request, 'if-range'), tag) ? headerOf(request, 'range') : undefined;
  const range = rangeOf(asked, bytes);
  if (range === null) {
    const detail = `The artifact has ${bytes} bytes, and none in the range that was asked for.`;
    throw artifactErrors.artifact_range_refused(detail, { headers: { 'content-range': `bytes */${bytes}` } });
  }
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${bytes}`;
  headers['content-length'] = String(range ? range.end - range.start + 1 : bytes);
  // Nothing is opened for whoever asks for the head.
  const body = request.method === 'HEAD' ? '' : await services.artifacts.read(artifact, range);
  return new RawReply(body, { status: range ? 206 : 200, contentType, headers });
}

function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((other) => other.trim().replace(/^W\//, '') === tag);
}
