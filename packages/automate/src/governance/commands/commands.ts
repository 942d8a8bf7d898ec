import type { CommandDeclaration } from '../../platform/index.ts';

/** Of the record, of policies and of master keys. */
export const governanceCommands: readonly CommandDeclaration[] = [
  {
    name: 'audit verify',
    group: 'The record of what was done by whom',
    summary: 'Check that no entry was altered, removed or added',
    example: 'automate audit verify --all',
    options: [
      { flags: '--all', summary: 'the chains of all tenants' },
      {
        flags: '--since <head...>',
        summary: 'heads that were kept elsewhere, "<tenant id>:<entry>:<hash>": they must still be there',
      },
    ],
    run: async (input) => (await import('./audit.ts')).auditVerify(input),
  },
  {
    name: 'audit export',
    summary: 'Write the entries to standard output',
    example: 'automate audit export --format jsonl > audit.jsonl',
    options: [{ flags: '--format <format>', summary: 'csv, json or jsonl', default: 'jsonl' }],
    run: async (input) => (await import('./audit.ts')).auditExport(input),
  },
  {
    name: 'policy show',
    group: 'What a tenant may do',
    summary: 'Show the rules that hold, and who set them',
    example: 'automate policy show',
    options: [{ flags: '--tenant <id>', summary: 'of this tenant; for staff' }],
    run: async (input) => (await import('./policy.ts')).policyShow(input),
  },
  {
    name: 'policy set',
    summary: 'Change rules of your tenant, or the ceiling of another',
    example: 'automate policy set max_workflows=20 allowed_hosts=api.example.com retention_days_failed=90 denied_hosts=null',
    arguments: [{ name: '<rule=value...>', summary: 'lists are separated by commas; null takes a rule away' }],
    options: [{ flags: '--tenant <id>', summary: 'the ceiling of this tenant; for staff' }],
    run: async (input) => (await import('./policy.ts')).policySet(input),
  },
  {
    name: 'keys rotate',
    group: 'Master keys, which wrap the keys of all secrets',
    summary: 'Make a new master key and wrap everything with it, online',
    example: 'automate keys rotate',
    options: [{ flags: '--no-wait', summary: 'do not wait until everything is wrapped' }],
    run: async (input) => (await import('./keys.ts')).keysRotate(input),
  },
  {
    name: 'keys list',
    summary: 'List the master keys, and how much each still wraps',
    example: 'automate keys list',
    run: async (input) => (await import('./keys.ts')).keysList(input),
  },
];
