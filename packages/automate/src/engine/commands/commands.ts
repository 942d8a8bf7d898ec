import type { CommandDeclaration } from '../../platform/index.ts';

export const engineCommands: readonly CommandDeclaration[] = [
  {
    name: 'rule test',
    group: 'Rules of triggers',
    summary: 'Evaluate a rule over an event and show what each operator saw',
    example: `automate rule test '{">": [{"var": "payload.amount"}, 100]}' '{"type": "order.created", "payload": {"amount": 120}}'`,
    arguments: [
      { name: '<rule>', summary: 'JSONLogic as JSON, @file, or -' },
      { name: '<event>', summary: 'event as JSON, @file, or -' },
    ],
    run: async (input) => (await import('./rule.ts')).ruleTest(input),
  },
];
