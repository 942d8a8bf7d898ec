import { gatewayErrors } from '../../errors.ts';

/** @throws AppError `model_not_found` that says which models there are */
export function requireModel(model: string, known: readonly string[]): void {
  if (known.includes(model)) return;
  throw gatewayErrors.model_not_found(`There is no model "${model}"; known: ${known.join(', ')}.`);
}

/** Bytes of what may be base64. */
export function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, 'base64') : data;
}
