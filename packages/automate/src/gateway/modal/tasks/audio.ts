import { z } from 'zod';
import type { Json } from '../../../kernel/index.ts';
import type { CallFigures } from '../../calls/call-figures.ts';
import type { Transcript } from '../../calls/transcribe.ts';
import { extractAudio } from '../../providers/local/ffmpeg/media.ts';
import { type MediaBytes, mediaShape, ONE_OF_BOTH, oneOfBoth, readMedia } from '../media-input.ts';
import { defineTask, type TaskContext, type TaskOutcome } from '../task-type.ts';

const Language = z.string().min(2).max(20).optional().describe('What is spoken. @example en');

/** A text as sound. */
export const speakTask = defineTask({
  task: 'audio.tts',
  summary: 'Speaks a text',
  input: z.strictObject({ text: z.string().min(1).max(40_000) }),
  params: z.strictObject({
    voice: z.string().max(100).optional(),
    format: z.enum(['mp3', 'wav', 'flac', 'opus', 'aac', 'pcm']).optional(),
    speed: z.number().min(0.25).max(4).optional().describe('1 is normal'),
    language: Language,
  }),
  async run(context, { input: { text }, params }) {
    const { services, caller, endpoint, signal } = context;
    const made = await services.modelCalls.speak(caller, { model: endpoint.slug, text, ...params, signal });
    const name = `speech.${endingOf(made.mediaType)}`;
    const kept = await context.keep({ name, contentType: made.mediaType, source: made.audio, callId: made.callId });
    return { ...figures(made), outputs: { artifact_id: kept.id, media_type: made.mediaType } };
  },
});

const params = z.strictObject({
  language: Language,
  prompt: z.string().max(10_000).optional().describe('What may be said in it, where the model can'),
});
const input = z.strictObject(mediaShape).refine(oneOfBoth, ONE_OF_BOTH);

/** Sound as text. */
export const transcribeTask = defineTask({
  task: 'audio.stt',
  summary: 'Writes down what is said',
  input,
  params,
  run: async (context, asked) => transcribed(context, await readMedia(context, asked.input, '/input'), asked.params),
});

/** What is said in a video, as text. */
export const transcribeVideoTask = defineTask({
  task: 'video.stt',
  summary: 'Writes down what is said in a video',
  input,
  params,
  async run(context, asked) {
    const { watch, signal } = context;
    const video = await readMedia(context, asked.input, '/input');
    await watch.progress?.({ stage: 'audio' });
    const bytes = await extractAudio(video.bytes, { format: 'wav', sampleRate: 16_000, signal });
    await watch.progress?.({ stage: 'transcription' });
    return transcribed(context, { bytes, mediaType: 'audio/wav' }, asked.params);
  },
});

async function transcribed(
  { services, caller, endpoint, signal }: TaskContext,
  { bytes, mediaType }: MediaBytes,
  asked: z.output<typeof params>,
): Promise<TaskOutcome> {
  const request = { model: endpoint.slug, audio: bytes, mediaType, ...asked, signal };
  const said = await services.modelCalls.transcribe(caller, request);
  return { ...figures(said), outputs: outputsOf(said) };
}

function outputsOf({ text, segments, language, durationSeconds }: Transcript): { [name: string]: Json } {
  return {
    text,
    segments: segments.map((piece) => ({ text: piece.text, start_seconds: piece.startSecond, end_seconds: piece.endSecond })),
    ...(language !== undefined && { language }),
    ...(durationSeconds !== undefined && { duration_seconds: durationSeconds }),
  };
}

function figures({ usage, costNanos, callId }: CallFigures) {
  return { usage, costNanos, callIds: [callId] };
}

function endingOf(mediaType: string): string {
  const [, kind = 'bin'] = mediaType.split(';')[0]?.split('/') ?? [];
  return { mpeg: 'mp3', 'x-wav': 'wav' }[kind] ?? kind;
}
