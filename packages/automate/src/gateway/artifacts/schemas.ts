import { z } from 'zod';
import { defineModel, filterBy, Timestamp } from '../../kernel/index.ts';

/** A file that was sent to us, or that a model made. */
export const Artifact = z
  .object({
    id: z.uuid(),
    name: z.string().describe('Of the file: without a folder, and without what no file system takes'),
    content_type: z.string().describe('What its bytes are, as far as they can be known'),
    bytes: z.int().describe('Its length'),
    sha256: z.string().describe('Of its bytes, hexadecimal'),
    origin_kind: z.string().describe('What made it: `upload`, `call`, `job`, …'),
    origin_id: z.string().nullable().describe('Which one of these'),
    trace_id: z.string(),
    created_at: Timestamp,
    expires_at: Timestamp.nullable().describe('It is deleted then; null: when nothing has referred to it for long enough'),
    unreferenced_since: Timestamp.nullable().describe('Null while something refers to it'),
  })
  .meta({ id: 'Artifact' });

export const ArtifactModel = defineModel({
  app: 'gateway',
  name: 'Artifact',
  table: 'gateway.artifacts',
  schema: Artifact,
  ordering: ['-id', 'created_at', '-created_at'],
  filters: filterBy(Artifact, {
    content_type: ['exact', 'in'],
    created_at: ['range'],
    bytes: ['range'],
    unreferenced_since: ['null'],
    name: ['exact', 'contains'],
    trace_id: ['exact', 'in'],
    origin_kind: ['exact', 'in'],
    origin_id: ['exact', 'in'],
  }),
  searchFields: ['name'],
  redacted: ['name'],
});

export const ArtifactSpace = z
  .object({
    used_bytes: z.int().describe('What all artifacts take, and what is on its way'),
    limit_bytes: z.int().nullable().describe('What they may take; null: whatever there is'),
    largest_bytes: z.int().describe('What one may take'),
  })
  .meta({ id: 'ArtifactSpace' });

export const ArtifactLink = z
  .object({ url: z.url().describe('Lets whoever has it fetch the bytes'), expires_at: Timestamp })
  .meta({ id: 'ArtifactLink' });

/** Of one file it is the artifact, of several a list. */
export const Uploaded = z.union([Artifact, z.object({ results: z.array(Artifact) }).meta({ id: 'Artifacts' })]);

export const UploadQuery = z.object({
  name: z.string().max(1_000).optional().describe('Name of a file that comes as the body; in a form each has its own'),
  expires_in_seconds: z.int().min(1).max(315_360_000).optional().describe('They are deleted then, whatever refers to them'),
});

export const DownloadQuery = z.object({
  inline: z.enum(['', 'true', 'false']).optional().describe('Sends the bytes in place of a link to them'),
});

export const LinkQuery = z.object({
  expires: z.int().min(0).describe('Seconds since 1970'),
  signature: z.string().max(200),
});
