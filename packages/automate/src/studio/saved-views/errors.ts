import { defineErrors } from '../../kernel/index.ts';

export const savedViewErrors = defineErrors({
  too_many_views: [409, 'Too many saved views'],
});
