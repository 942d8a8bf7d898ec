import { readFileSync } from 'node:fs';
import { AppError, errorMessage, parseJson } from '../kernel/index.ts';

/** JSON as an argument, from `@file`, or from standard input for `-`. @throws AppError `invalid_data` that names what was given */
export function readJson(data: string, name: string): unknown {
  try {
    const text = data === '-' ? readFileSync(0, 'utf8') : data.startsWith('@') ? readFileSync(data.slice(1), 'utf8') : data;
    return parseJson(text);
  } catch (cause) {
    if (AppError.is(cause)) throw cause;
    throw new AppError({
      status: 400,
      code: 'invalid_data',
      title: 'Invalid data',
      detail: `${name} cannot be read as JSON: ${errorMessage(cause)}`,
      cause,
    });
  }
}
