import { type AppError, invalidInput } from '../../kernel/index.ts';

/**
 * A 400 for what a request asks of a model that speaks another protocol, and that has no words for it.
 * @param pointer JSON Pointer into the request
 */
export function notTranslatable(pointer: string, message: string): AppError {
  return invalidInput([{ pointer, code: 'not_translatable', message }]);
}

export function wrongInput(pointer: string, message: string): AppError {
  return invalidInput([{ pointer, code: 'invalid_value', message }]);
}
