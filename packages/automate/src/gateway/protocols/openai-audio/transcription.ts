import type { TranscriptFormat } from './schemas.ts';

/** A piece of speech, with its place in the sound in seconds. */
interface Piece {
  readonly text: string;
  readonly startSecond: number;
  readonly endSecond: number;
}

export interface WrittenSpeech {
  readonly text: string;
  readonly segments: readonly Piece[];
  readonly words?: readonly Piece[] | undefined;
  readonly language?: string | undefined;
  readonly durationSeconds?: number | undefined;
}

/** A body, and what it is. */
export interface WrittenBody {
  readonly body: string;
  readonly contentType: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** A transcript as OpenAI's clients read it. Speakers are told apart by few providers, in their own words: not here. */
export function toTranscription(speech: WrittenSpeech, format: Exclude<TranscriptFormat, 'diarized_json'>): WrittenBody {
  const { text } = speech;
  if (format === 'text') return { body: `${text}\n`, contentType: 'text/plain; charset=utf-8' };
  if (format === 'srt') return { body: subtitles(speech, ','), contentType: 'text/plain; charset=utf-8' };
  if (format === 'vtt') return { body: `WEBVTT\n\n${subtitles(speech, '.', true)}`, contentType: 'text/vtt; charset=utf-8' };
  const value = format === 'json' ? { text, ...usageOf(speech) } : verbose(speech);
  return { body: JSON.stringify(value), contentType: JSON_TYPE };
}

/** The same as the events of a stream. */
export function toTranscriptEvents(text: string, usage: object | undefined): string {
  const pieces = text.match(/\s*\S+(?:\s+$)?/g) ?? [];
  const events = [
    ...pieces.map((delta) => ({ type: 'transcript.text.delta', delta })),
    { type: 'transcript.text.done', text, ...(usage && { usage }) },
  ];
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
}

/** What was heard, in the words of OpenAI. */
export function durationUsage(seconds: number | undefined): { readonly type: 'duration'; readonly seconds: number } | undefined {
  return seconds === undefined ? undefined : { type: 'duration', seconds };
}

function usageOf({ durationSeconds }: WrittenSpeech) {
  const usage = durationUsage(durationSeconds);
  return usage && { usage };
}

function verbose(speech: WrittenSpeech): object {
  const { text, segments, words, language, durationSeconds } = speech;
  return {
    task: 'transcribe',
    language: language ?? 'unknown',
    duration: durationSeconds ?? segments.at(-1)?.endSecond ?? 0,
    text,
    segments: segments.map((piece, id) => ({
      id,
      seek: 0,
      start: piece.startSecond,
      end: piece.endSecond,
      text: piece.text,
      tokens: [],
      temperature: 0,
      avg_logprob: 0,
      compression_ratio: 0,
      no_speech_prob: 0,
    })),
    ...(words && { words: words.map((piece) => ({ word: piece.text, start: piece.startSecond, end: piece.endSecond })) }),
    ...usageOf(speech),
  };
}

function subtitles(speech: WrittenSpeech, point: ',' | '.', isPlain = false): string {
  const { text, segments, durationSeconds = 0 } = speech;
  const pieces = segments.length > 0 ? segments : text === '' ? [] : [{ text, startSecond: 0, endSecond: durationSeconds }];
  return pieces
    .map((piece, index) => {
      const times = `${timeOf(piece.startSecond, point)} --> ${timeOf(piece.endSecond, point)}`;
      // An empty line would end it, and an arrow be taken for times.
      const said = piece.text.trim().replaceAll(/\n+/g, '\n').replaceAll('-->', '→');
      return `${isPlain ? '' : `${index + 1}\n`}${times}\n${said}\n`;
    })
    .join('\n');
}

function timeOf(seconds: number, point: string): string {
  const thousandths = Math.max(0, Math.round(seconds * 1_000));
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = String(thousandths % 1_000).padStart(3, '0');
  return `${two(thousandths / 3_600_000)}:${two((thousandths / 60_000) % 60)}:${two((thousandths / 1_000) % 60)}${point}${rest}`;
}
