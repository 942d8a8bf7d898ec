import { join } from 'node:path';
import { gatewayErrors } from '../../../errors.ts';
import type { NeededProgram } from '../programs/missing.ts';
import { createPlaces } from '../programs/places.ts';
import { readOutput } from '../programs/read-output.ts';
import { runProgram } from '../programs/run-program.ts';
import { inTemporaryFolder } from '../programs/temporary-folder.ts';
import type { Voice } from './voices.ts';

export const flite: NeededProgram = { program: 'flite', packages: ['flite'] };

const MEBIBYTE = 1_048_576;
/** Some 25 minutes at 16 kHz. */
const OUTPUT_BYTES = 48 * MEBIBYTE;
const places = createPlaces('flite');

/** Speaks a text. @returns a WAV file @throws AppError `provider_missing`, `provider_failed`, `provider_timeout`; the signal's reason */
export function speak(text: string, { voice, speed, signal }: SpeakOptions): Promise<Uint8Array> {
  return places.take(
    () =>
      inTemporaryFolder(async (folder) => {
        const path = join(folder, 'speech.wav');
        const { exitCode, complaint } = await runProgram({
          ...flite,
          arguments: ['-voice', voice, '--setf', `duration_stretch=${(1 / speed).toFixed(3)}`, '-f', '-', '-o', path],
          folder,
          input: text,
          limits: { timeMs: 60_000, outputBytes: OUTPUT_BYTES, memoryBytes: 1_024 * MEBIBYTE },
          signal,
        });
        if (exitCode !== 0) throw gatewayErrors.provider_failed(`flite has failed: ${complaint || 'it says nothing about why'}.`);
        return readOutput(path, OUTPUT_BYTES);
      }),
    signal,
  );
}

interface SpeakOptions {
  readonly voice: Voice;
  /** 1 is normal, 2 twice as fast. */
  readonly speed: number;
  readonly signal: AbortSignal | undefined;
}
