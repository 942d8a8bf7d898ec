import type { Context } from '../../api/index.ts';
import type { Call } from '../calls/call.ts';
import { pictureType } from '../calls/media-type.ts';
import type { ImagesReply, OpenaiImage } from '../calls/openai-images.ts';
import '../artifacts/artifacts.ts';

/** The pictures of a reply as artifacts, with links to them for whoever has these. @throws AppError as artifacts do */
export async function keepPictures(ctx: Context, call: Call, reply: ImagesReply): Promise<ImagesReply> {
  const data: OpenaiImage[] = [];
  for (const [index, { b64_json: text, ...rest }] of reply.data.entries()) {
    data.push(text === undefined ? rest : { ...rest, url: await keep(ctx, call, Buffer.from(text, 'base64'), index) });
  }
  return { ...reply, data };
}

async function keep({ services, request }: Context, call: Call, bytes: Buffer, index: number): Promise<string> {
  const { tenantId, traceId } = call.facts.caller;
  const contentType = pictureType(bytes) ?? 'application/octet-stream';
  const { id } = await services.artifacts.put({
    tenantId,
    name: `picture-${index + 1}.${contentType.slice(contentType.indexOf('/') + 1)}`,
    contentType,
    source: bytes,
    expectedBytes: bytes.length,
    origin: { kind: 'call', id: call.id },
    traceId,
    signal: request.signal,
  });
  return services.artifacts.link({ tenantId, id });
}
