import type { CommandDeclaration } from '../../platform/index.ts';

export const studioCommands: readonly CommandDeclaration[] = [
  {
    name: 'trigger',
    summary: 'Send an event to a running server',
    example: 'automate trigger github.issues.opened -d @examples/github/issues.opened.json',
    arguments: [{ name: '<type>', summary: 'event type, for example order.created' }],
    options: [
      {
        flags: '-d, --data <json>',
        summary: 'payload as JSON, @file, or - for standard input; a file may also hold a whole event',
        default: '{}',
      },
      { flags: '--source <name>', summary: 'where the event comes from' },
      { flags: '--key <key>', summary: 'idempotency key' },
      { flags: '--wait', summary: 'wait until the executions have ended and print the trace' },
    ],
    run: async (input) => (await import('./trigger.ts')).trigger(input),
  },
  {
    name: 'trace',
    summary: 'Show all that one cause did: event, rules, executions, steps',
    example: 'automate trace 4bf92f3577b34da6a3ce929d0e0e4736',
    arguments: [{ name: '<trace_id>', summary: 'as in the X-Trace-Id header' }],
    run: async (input) => (await import('./trace.ts')).trace(input),
  },
];
