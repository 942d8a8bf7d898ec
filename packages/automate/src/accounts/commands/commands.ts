import type { CommandDeclaration } from '../../platform/index.ts';

/** Of people. */
export const accountCommands: readonly CommandDeclaration[] = [
  {
    name: 'user create',
    group: 'People of the installation; needs a key of staff',
    summary: 'Make a user, and print a link to choose a password',
    example: 'automate user create ada@example.com --role editor',
    arguments: [{ name: '<email>', summary: 'e-mail address' }],
    options: [
      { flags: '--name <name>', summary: 'default: the part before the @' },
      {
        flags: '--role <role>',
        summary: 'owner, admin, editor, operator or viewer, in the tenant of the key',
        default: 'viewer',
      },
      { flags: '--staff', summary: 'may operate the installation' },
    ],
    run: async (input) => (await import('./user.ts')).userCreate(input),
  },
  {
    name: 'user reset',
    summary: 'Print a link to choose a new password',
    example: 'automate user reset ada@example.com',
    arguments: [{ name: '<email>', summary: 'e-mail address' }],
    run: async (input) => (await import('./user.ts')).userReset(input),
  },
  {
    name: 'user list',
    summary: 'List the users',
    example: 'automate user list',
    run: async (input) => (await import('./user.ts')).userList(input),
  },
];
