import { defineErrors } from '../../kernel/index.ts';

/** What can go wrong with files. A `detail` names the limit and who set it. */
export const artifactErrors = defineErrors({
  artifact_too_large: [413, 'Artifact too large'],
  artifact_type_mismatch: [415, 'Artifact is not what it says'],
  artifact_space_used_up: [422, 'No space left for artifacts'],
  artifact_uploads_busy: [429, 'Too many uploads at once'],
  artifact_range_refused: [416, 'Range not satisfiable'],
  artifact_link_refused: [403, 'Link not valid'],
  artifact_link_expired: [410, 'Link expired'],
  artifact_store_failed: [503, 'Store of artifacts does not answer'],
});
