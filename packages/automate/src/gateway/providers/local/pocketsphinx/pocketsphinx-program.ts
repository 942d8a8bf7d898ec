import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gatewayErrors } from '../../../errors.ts';
import { missingPrograms, type NeededProgram } from '../programs/missing.ts';
import { createPlaces } from '../programs/places.ts';
import { runProgram } from '../programs/run-program.ts';
import { inTemporaryFolder } from '../programs/temporary-folder.ts';

const pocketsphinx: NeededProgram = { program: 'pocketsphinx_continuous', packages: ['pocketsphinx', 'pocketsphinx-en-us'] };
const modelFolders = ['/usr/share', '/usr/local/share'].map((share) => join(share, 'pocketsphinx/model/en-us/en-us'));
const MEBIBYTE = 1_048_576;
const places = createPlaces('PocketSphinx');

/** @returns `missing: pocketsphinx_continuous (apt install pocketsphinx pocketsphinx-en-us)` */
export async function missingRecognition(): Promise<string | undefined> {
  const missing = await missingPrograms([pocketsphinx, { program: 'ffmpeg', packages: ['ffmpeg'] }]);
  if (missing !== undefined || (await hasModel())) return missing;
  return 'missing: the model en-us of pocketsphinx (apt install pocketsphinx-en-us)';
}

/**
 * What is said in a WAV file of 16 kHz, with a time for each word.
 * @returns the lines that the program writes
 * @throws AppError `provider_missing`, `provider_failed`, `provider_timeout`; the signal's reason
 */
export function recognise(wave: Uint8Array, { seconds, signal }: { seconds: number; signal: AbortSignal | undefined }) {
  return places.take(
    () =>
      inTemporaryFolder(async (folder) => {
        const path = join(folder, 'speech.wav');
        await writeFile(path, wave);
        const { exitCode, output, complaint } = await runProgram({
          ...pocketsphinx,
          arguments: ['-infile', path, '-time', 'yes', '-logfn', '/dev/null'],
          folder,
          limits: { timeMs: 30_000 + seconds * 3_000, outputBytes: 4 * MEBIBYTE, memoryBytes: 2_048 * MEBIBYTE },
          signal,
        });
        if (exitCode === 0) return output.toString();
        throw gatewayErrors.provider_failed(`PocketSphinx has failed: ${complaint || 'it says nothing about why'}.`);
      }),
    signal,
  );
}

async function hasModel(): Promise<boolean> {
  const found = await Promise.allSettled(modelFolders.map((folder) => access(folder)));
  return found.some(({ status }) => status === 'fulfilled');
}
