import { join } from 'node:path';
import { gatewayErrors } from '../../../errors.ts';
import { missingPrograms } from '../programs/missing.ts';
import { createPlaces } from '../programs/places.ts';
import { readOutput } from '../programs/read-output.ts';
import { runProgram } from '../programs/run-program.ts';
import { inTemporaryFolder } from '../programs/temporary-folder.ts';
import { type AudioFormatName, audioFormats } from './formats.ts';
import { keepInput, type MediaSource, onlyThisFile } from './media-input.ts';

const MEBIBYTE = 1_048_576;
const packages = ['ffmpeg'];
const places = createPlaces('ffmpeg');

export interface AudioOptions {
  readonly format: AudioFormatName;
  /** Samples a second; those of the source by default. */
  readonly sampleRate?: number;
  /** Longest sound, in seconds: 600 by default. A longer one is refused. */
  readonly maximumSeconds?: number;
  /** Largest source, in bytes: 512 MiB by default. */
  readonly maximumBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a file of sound or video holds. */
export interface MediaFacts {
  readonly seconds: number | undefined;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
}

/** What this machine lacks for {@link extractAudio} and {@link probeMedia}. @returns `missing: ffmpeg, ffprobe (apt install ffmpeg)` */
export function missingMedia(): Promise<string | undefined> {
  return missingPrograms([
    { program: 'ffmpeg', packages },
    { program: 'ffprobe', packages },
  ]);
}

/**
 * The sound of a file of sound or video, in one channel.
 * @throws AppError `provider_missing`, `provider_timeout`; `provider_refused` for what has no sound, is too long or is nothing that ffmpeg reads
 */
export function extractAudio(source: MediaSource, options: AudioOptions): Promise<Uint8Array> {
  const seconds = options.maximumSeconds ?? 600;
  const outputBytes = MEBIBYTE + Math.ceil(seconds + 1) * 200_000;
  return withInput(source, options, async (input, folder) => {
    const path = join(folder, 'output');
    const { exitCode, output, complaint } = await runProgram({
      program: 'ffmpeg',
      packages,
      arguments: [
        ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-max_alloc', `${256 * MEBIBYTE}`, '-threads', '1'],
        ...[...onlyThisFile, '-i', `file:${input}`, '-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1', '-ac', '1'],
        ...['-t', `${seconds + 1}`, ...(options.sampleRate === undefined ? [] : ['-ar', `${options.sampleRate}`])],
        ...[...audioFormats[options.format].arguments, '-progress', 'pipe:1', '-fs', `${outputBytes}`, `file:${path}`],
      ],
      folder,
      limits: { timeMs: 10_000 + seconds * 200, outputBytes, memoryBytes: 2_048 * MEBIBYTE },
      signal: options.signal,
    });
    if (exitCode !== 0) throw unreadable(complaint);
    const lasted = Number(/.*out_time_us=(\d+)/s.exec(output.toString())?.[1] ?? 0) / 1e6;
    if (lasted > seconds + 0.5) throw gatewayErrors.provider_refused(`The sound lasts longer than ${seconds} seconds.`);
    return readOutput(path, outputBytes);
  });
}

/** @throws AppError as {@link extractAudio} */
export function probeMedia(
  source: MediaSource,
  options: Pick<AudioOptions, 'maximumBytes' | 'signal'> = {},
): Promise<MediaFacts> {
  return withInput(source, options, async (input, folder) => {
    const shown = ['-show_entries', 'format=duration:stream=codec_type', '-of', 'json'];
    const { exitCode, output, complaint } = await runProgram({
      program: 'ffprobe',
      packages,
      arguments: ['-hide_banner', '-loglevel', 'error', ...onlyThisFile, ...shown, `file:${input}`],
      folder,
      limits: { timeMs: 20_000, outputBytes: MEBIBYTE, memoryBytes: 2_048 * MEBIBYTE },
      signal: options.signal,
    });
    if (exitCode !== 0) throw unreadable(complaint);
    const { format, streams = [] } = JSON.parse(output.toString()) as Probed;
    const seconds = Number(format?.duration);
    const has = (type: string) => streams.some(({ codec_type }) => codec_type === type);
    return { seconds: Number.isFinite(seconds) ? seconds : undefined, hasAudio: has('audio'), hasVideo: has('video') };
  });
}

interface Probed {
  readonly format?: { readonly duration?: string };
  readonly streams?: readonly { readonly codec_type: string }[];
}

function withInput<Result>(
  source: MediaSource,
  { maximumBytes = 512 * MEBIBYTE, signal }: Pick<AudioOptions, 'maximumBytes' | 'signal'>,
  work: (input: string, folder: string) => Promise<Result>,
): Promise<Result> {
  return places.take(
    () => inTemporaryFolder(async (folder) => work(await keepInput(source, { folder, maximum: maximumBytes, signal }), folder)),
    signal,
  );
}

function unreadable(complaint: string): Error {
  return gatewayErrors.provider_refused(`There is no sound that can be read from the file: ${complaint || 'ffmpeg ended'}.`);
}
