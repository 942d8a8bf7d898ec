import { Command } from 'commander';
import { packageVersion } from '../kernel/index.ts';
import type { CommandDeclaration, Feature } from '../platform/index.ts';
import { createInput } from './command-input.ts';
import { ownCommands } from './commands.ts';

/** The `automate` command: what features bring, beside our own. */
export function createProgram(features: readonly Feature[]): Command {
  const program = new Command('automate')
    .description('Events in, durable workflows out: the automation and AI backend in your own house.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .showHelpAfterError('(--help shows what there is)');
  const declared = [...ownCommands(features), ...features.flatMap(({ commands = [] }) => commands)];
  const groups = new Map<string, Command>();
  for (const each of declared) {
    const words = each.name.split(' ');
    const parent = words.length === 1 ? program : groupOf(program, groups, words[0] as string, each.group);
    if (parent.commands.some((other) => other.name() === words.at(-1)))
      throw new TypeError(`Two features bring the command "automate ${each.name}".`);
    addCommand(parent, words.at(-1) as string, each, features);
  }
  return program;
}

function groupOf(program: Command, groups: Map<string, Command>, name: string, summary: string | undefined): Command {
  const group = groups.get(name) ?? program.command(name);
  groups.set(name, group);
  return summary === undefined ? group : group.description(summary);
}

function addCommand(parent: Command, name: string, declared: CommandDeclaration, features: readonly Feature[]): void {
  const { summary, example, arguments: expected = [], options = [], run } = declared;
  const command = parent
    .command(name)
    .description(summary)
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  $ ${example}`);
  for (const argument of expected) command.argument(argument.name, argument.summary);
  for (const { flags, summary: about, default: fallback } of options) command.option(flags, about, fallback);
  command.action(async (...given: unknown[]) => {
    const values = given.slice(0, expected.length);
    const input = createInput(features, {
      arguments: values.filter((value) => typeof value === 'string'),
      list: values.find((value) => Array.isArray(value)) ?? [],
      options: given[expected.length] as Record<string, unknown>,
    });
    await run(input);
  });
}
