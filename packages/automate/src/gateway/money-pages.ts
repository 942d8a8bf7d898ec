import type { StudioPage } from '../platform/index.ts';

/** Pages of the Studio about what models cost, and about files. */
export const moneyPages: readonly StudioPage[] = [
  { path: 'spend', title: { en: 'Spend', it: 'Spesa' }, icon: 'spend', group: 'ai', order: 70, scope: 'calls:read' },
  { path: 'budgets', title: { en: 'Budgets', it: 'Budget' }, icon: 'timer', group: 'ai', order: 80, scope: 'budgets:read' },
  { path: 'prices', title: { en: 'Prices', it: 'Prezzi' }, icon: 'tag', group: 'ai', order: 90, scope: 'prices:read' },
  { path: 'artifacts', title: { en: 'Artifacts', it: 'File' }, icon: 'box', group: 'ai', order: 100, scope: 'artifacts:read' },
];
