import { loadSettings } from '../kernel/index.ts';
import { type CommandInput, type Feature, readSettings } from '../platform/index.ts';
import { callServer, fetchServer } from './client.ts';

/** Settings are read when they are asked for, so that a command can say what is wrong with them. */
export function createInput(
  features: readonly Feature[],
  given: Pick<CommandInput, 'arguments' | 'list' | 'options'>,
): CommandInput {
  return {
    ...given,
    get core() {
      return loadSettings();
    },
    get settings() {
      return readSettings(features, loadSettings().variables);
    },
    print(value, text) {
      if (given.options.json === true) process.stdout.write(`${JSON.stringify(value)}\n`);
      else if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    fail() {
      process.exitCode = 1;
    },
    call: callServer,
    fetch: fetchServer,
  };
}
