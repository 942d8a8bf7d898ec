import { z } from 'zod';
import { ModelName } from '../schema-parts.ts';

export const speechFormats = ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] as const;
export const transcriptFormats = ['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json'] as const;
export type TranscriptFormat = (typeof transcriptFormats)[number];

/** What `POST /v1/audio/speech` takes. */
export const SpeechRequest = z
  .looseObject({
    model: ModelName,
    input: z.string().min(1).max(40_000).describe('What is said'),
    voice: z
      .union([z.string().min(1).max(200), z.object({ id: z.string().min(1).max(200) })])
      .nullish()
      .describe('Of the provider; the names that OpenAI has stand for voices of flite too'),
    instructions: z.string().max(10_000).nullish(),
    response_format: z.enum(speechFormats).nullish().describe('Default: mp3'),
    speed: z.number().min(0.25).max(4).nullish(),
    stream_format: z.enum(['audio', 'sse']).nullish(),
  })
  .meta({ id: 'OpenAISpeechRequest' });

/** The texts of the form that `POST /v1/audio/transcriptions` takes, beside its file. */
export const TranscriptionForm = z.looseObject({
  model: ModelName,
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/, 'must be a language as "en"')
    .optional(),
  prompt: z.string().max(10_000).optional(),
  response_format: z.enum(transcriptFormats).optional(),
  temperature: z.coerce.number().min(0).max(1).optional(),
  stream: z.enum(['true', 'false']).optional(),
  timestamp_granularities: z.array(z.enum(['word', 'segment'])).optional(),
});
