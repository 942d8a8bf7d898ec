import { resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../kernel/index.ts';
import { setting } from '../../platform/index.ts';

const GIBIBYTE = 1_073_741_824;

/** Where artifacts are kept, and for how long; spread into the settings of the gateway. */
export const artifactSettings = {
  artifactsMaxBytes: setting.integer({ default: GIBIBYTE, min: 1, max: 64 * GIBIBYTE }).meta({
    description: 'most bytes of one [artifact](artifacts.md); a policy may say less',
  }),
  artifactsRetentionDays: setting.integer({ default: 7, min: 0, max: 36_500 }).meta({
    description: 'how long an artifact is kept that [nothing refers to](artifacts.md#how-long-they-are-kept)',
    bounds: '0 to 36,500; 0 is for ever',
  }),
  artifactsLinkSeconds: setting.integer({ default: 900, min: 1, max: 604_800 }).meta({
    description: 'how long the [link of a download](artifacts.md#download) holds',
  }),
  artifactsDir: z.string().min(1).optional().meta({
    description: 'folder of artifacts; processes on several machines need one that they share, or a bucket',
    bounds: 'a folder',
    fallback: '`artifacts` in the data directory',
  }),
  artifactsEndpoint: setting.httpUrl().optional().meta({
    description: '[S3-compatible store](artifacts.md#where-bytes-are-kept), in place of the folder',
    bounds: '`http` or `https` URL without the bucket; together with the next, the id and the secret of a key',
  }),
  artifactsBucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional()
    .meta({ description: 'its bucket' }),
  artifactsRegion: z.string().min(1).default('us-east-1').meta({ description: 'its region' }),
  artifactsKeyId: z.string().min(1).optional().meta({ description: 'id of the key to it' }),
  artifactsSecret: z.string().min(1).optional().meta({ description: 'secret of the key to it' }),
} as const;

const Given = z.object(artifactSettings);
export type ArtifactSettings = z.output<typeof Given>;

/** Where an S3-compatible store is, and the key to it. */
export interface BucketSettings {
  /** Without a trailing slash. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly keyId: string;
  readonly secret: string;
}

/** @throws AppError `invalid_settings` when only some of its settings are there */
export function bucketOf(settings: ArtifactSettings): BucketSettings | undefined {
  const { artifactsEndpoint: endpoint, artifactsBucket: bucket, artifactsKeyId: keyId, artifactsSecret: secret } = settings;
  if (endpoint && bucket && keyId && secret)
    return { endpoint: endpoint.replace(/\/+$/, ''), bucket, region: settings.artifactsRegion, keyId, secret };
  if (!(endpoint || bucket || keyId || secret)) return undefined;
  const names = ['ENDPOINT', 'BUCKET', 'KEY_ID', 'SECRET'].map((name) => `AUTOMATE_GATEWAY_ARTIFACTS_${name}`);
  const detail = `${names.slice(0, -1).join(', ')} and ${names.at(-1)} must be set together`;
  throw new AppError({ status: 500, code: 'invalid_settings', title: 'Invalid settings', detail });
}

/** @param dataDirectory of the installation */
export function folderOf({ artifactsDir }: ArtifactSettings, dataDirectory: string): string {
  return artifactsDir ? resolve(artifactsDir) : resolve(dataDirectory, 'artifacts');
}
