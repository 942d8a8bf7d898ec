import { defineErrors } from '../../kernel/index.ts';

/** What can be wrong with a prompt. */
export const promptErrors = defineErrors({
  prompt_not_found: [404, 'Prompt not found'],
  prompt_version_not_found: [404, 'Version not found'],
  prompt_label_not_found: [404, 'Label not found'],
  prompt_slug_taken: [409, 'Slug taken'],
  too_many_labels: [409, 'Too many labels'],
});
