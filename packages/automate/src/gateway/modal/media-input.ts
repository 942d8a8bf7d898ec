import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { commonErrors, invalidInput } from '../../kernel/index.ts';
import type { TaskContext } from './task-type.ts';

/** Most bytes of a file that goes to a model. */
const MOST_BYTES = 64 * 1_048_576;

/** How a file goes in: as an artifact, or as text. */
export const mediaShape = {
  artifact_id: z.uuid().optional().describe('A file that was uploaded or made before'),
  data: z.string().min(1).optional().describe('In place of it: the bytes as base64, or as a data URL'),
  media_type: z.string().max(200).optional().describe('Of `data` that is no data URL'),
};
export const oneOfBoth = ({ artifact_id: id, data }: MediaInput) => (id === undefined) !== (data === undefined);
export const ONE_OF_BOTH = 'must have either artifact_id or data';
export const Media = z.strictObject(mediaShape).refine(oneOfBoth, ONE_OF_BOTH).meta({ id: 'TaskMedia' });

export interface MediaInput {
  readonly artifact_id?: string | undefined;
  readonly data?: string | undefined;
  readonly media_type?: string | undefined;
}

export interface MediaBytes {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/**
 * The bytes of a file that goes in.
 * @param pointer where it stands in the request
 * @throws AppError `not_found` for an artifact that is not the tenant's, `invalid_input`
 */
export async function readMedia({ services, caller }: TaskContext, media: MediaInput, pointer: string): Promise<MediaBytes> {
  if (media.data !== undefined) return decoded(media.data, media.media_type, pointer);
  const place = { tenantId: caller.tenantId, id: media.artifact_id ?? '' };
  const artifact = await services.artifacts.get(place).catch((error: unknown) => {
    const errors = [{ pointer: `${pointer}/artifact_id`, code: 'not_found', message: 'is no artifact of yours' }];
    throw commonErrors.not_found(`${pointer}/artifact_id: is no artifact of yours`, { errors, cause: error });
  });
  if (Number(artifact.bytes) > MOST_BYTES)
    throw invalidInput([
      { pointer: `${pointer}/artifact_id`, code: 'too_big', message: `must have at most ${MOST_BYTES} bytes` },
    ]);
  return { bytes: await buffer(await services.artifacts.read(artifact)), mediaType: artifact.content_type };
}

function decoded(data: string, given: string | undefined, pointer: string): MediaBytes {
  const comma = data.startsWith('data:') ? data.indexOf(',') : -1;
  const head = data.slice('data:'.length, Math.max(comma, 0));
  const encoded = data.slice(comma + 1);
  const bytes = Buffer.from(encoded, 'base64');
  const isSound = comma === -1 || head.endsWith(';base64');
  if (!isSound || bytes.length === 0 || !/^[\w+/=\s-]*$/.test(encoded.slice(0, 10_000)))
    throw invalidInput([
      { pointer: `${pointer}/data`, code: 'invalid_format', message: 'must be base64, or a data URL in base64' },
    ]);
  return { bytes, mediaType: head.split(';')[0] || given || 'application/octet-stream' };
}
