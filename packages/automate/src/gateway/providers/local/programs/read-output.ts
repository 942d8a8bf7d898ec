import { readFile, stat } from 'node:fs/promises';
import { gatewayErrors } from '../../../errors.ts';

/** What a program has written into a file. @throws AppError `provider_failed` where there is nothing, or more than `maximum` bytes */
export async function readOutput(path: string, maximum: number): Promise<Buffer> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size === 0) throw gatewayErrors.provider_failed('The program has written nothing.');
  if (size > maximum) throw gatewayErrors.provider_failed(`The program has written more than ${maximum} bytes.`);
  return readFile(path);
}
