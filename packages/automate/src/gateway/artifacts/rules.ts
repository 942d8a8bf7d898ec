import type { LimitRule } from '../../governance/index.ts';

/** What the policy of a tenant can say about its artifacts. */
export const artifactRules = {
  maxArtifactBytes: {
    kind: 'limit',
    name: 'max_artifact_bytes',
    description: 'Bytes of one artifact',
    minimum: 1,
    maximum: 2 ** 40,
  },
  maxArtifactBytesTotal: {
    kind: 'limit',
    name: 'max_artifact_bytes_total',
    description: 'Bytes of all artifacts together, those on their way included',
    minimum: 0,
    maximum: 2 ** 50,
  },
} as const satisfies Record<string, LimitRule>;
