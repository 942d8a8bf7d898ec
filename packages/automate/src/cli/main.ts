#!/usr/bin/env node
import { AppError, errorMessage, featureNames } from '../kernel/index.ts';
import { builtInFeatures } from '../server/index.ts';
import { loadFeatures } from './load-features.ts';
import { createProgram } from './program.ts';

// A mistake in one request must not end the process silently: say it, then end it so that a supervisor starts afresh.
process.on('unhandledRejection', fail);

try {
  const others = await loadFeatures(featureNames());
  await createProgram([...builtInFeatures, ...others]).parseAsync(process.argv);
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  const isJson = process.argv.includes('--json');
  const code = AppError.is(error) ? error.code : 'internal';
  if (isJson) process.stdout.write(`${JSON.stringify({ error: { code, message: errorMessage(error) } })}\n`);
  else
    process.stderr.write(`automate: ${AppError.is(error) ? error.message : ((error as Error).stack ?? errorMessage(error))}\n`);
  process.exit(1);
}
