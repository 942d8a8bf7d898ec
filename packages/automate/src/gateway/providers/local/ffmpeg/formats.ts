/** A file format of sound: what ffmpeg is told to make of it, and its media type. */
export interface AudioFormat {
  readonly arguments: readonly string[];
  readonly mediaType: string;
}

/** By the names that callers use. */
export const audioFormats = {
  wav: { arguments: ['-c:a', 'pcm_s16le', '-f', 'wav'], mediaType: 'audio/wav' },
  mp3: { arguments: ['-c:a', 'libmp3lame', '-b:a', '64k', '-f', 'mp3'], mediaType: 'audio/mpeg' },
  flac: { arguments: ['-c:a', 'flac', '-f', 'flac'], mediaType: 'audio/flac' },
  ogg: { arguments: ['-c:a', 'libvorbis', '-f', 'ogg'], mediaType: 'audio/ogg' },
  opus: { arguments: ['-c:a', 'libopus', '-f', 'ogg'], mediaType: 'audio/ogg' },
  aac: { arguments: ['-c:a', 'aac', '-f', 'adts'], mediaType: 'audio/aac' },
  pcm: { arguments: ['-c:a', 'pcm_s16le', '-ar', '24000', '-f', 's16le'], mediaType: 'audio/pcm' },
} as const satisfies Record<string, AudioFormat>;

export type AudioFormatName = keyof typeof audioFormats;

export function isAudioFormat(name: string): name is AudioFormatName {
  return Object.hasOwn(audioFormats, name);
}
