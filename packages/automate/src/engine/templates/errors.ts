import { defineErrors } from '../../kernel/index.ts';

export const templateErrors = defineErrors({
  template_invalid: [400, 'Invalid template'],
  template_failed: [422, 'Template could not be rendered'],
});
