import type { CommandDeclaration } from '../../platform/index.ts';

/** Of providers and endpoints. */
export const gatewayCommands: readonly CommandDeclaration[] = [
  {
    name: 'provider list',
    group: 'Providers of models',
    summary: 'List the providers, and what is missing for them',
    example: 'automate provider list',
    run: async (input) => (await import('./provider.ts')).providerList(input),
  },
  {
    name: 'provider test',
    summary: 'Really call a provider, and say what came of each step',
    example: 'automate provider test openai --model gpt-5-mini',
    arguments: [{ name: '<provider>', summary: 'slug or id' }],
    options: [{ flags: '--model <model>', summary: 'ask this model for a few words; without it the models are listed only' }],
    run: async (input) => (await import('./provider.ts')).providerTest(input),
  },
  {
    name: 'gateway call',
    group: 'Models behind one door',
    summary: 'Ask a model, and print its answer as it comes',
    example: 'automate gateway call support-chat "What is an event?"',
    arguments: [
      { name: '<model>', summary: 'an endpoint, an alias, or provider/model' },
      { name: '<text...>', summary: 'what to ask' },
    ],
    options: [{ flags: '--system <text>', summary: 'instructions that stand before it' }],
    run: async (input) => (await import('./gateway-call.ts')).gatewayCall(input),
  },
  {
    name: 'prompt test',
    group: 'Prompts',
    summary: 'Put a prompt to one of its test sets, and say what came of each case',
    example: 'automate prompt test support-answer --set regressions --label production',
    arguments: [{ name: '<prompt>', summary: 'slug or id' }],
    options: [
      { flags: '--set <name>', summary: 'which test set; not needed where there is one' },
      { flags: '--label <label>', summary: 'the version that it leads to; by default the latest' },
      { flags: '--prompt-version <number>', summary: 'this version' },
      { flags: '--model <model>', summary: "in place of the version's" },
    ],
    run: async (input) => (await import('./try-prompt.ts')).promptTest(input),
  },
];
