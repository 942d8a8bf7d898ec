/** Content types by what they are to people. */
export const kinds = {
  picture: ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif', 'image/bmp', 'image/svg+xml'],
  audio: ['audio/mpeg', 'audio/wav', 'audio/ogg', 'audio/flac', 'audio/aac', 'audio/mp4', 'audio/webm', 'audio/x-wav'],
  video: ['video/mp4', 'video/webm', 'video/ogg', 'video/quicktime'],
  text: [
    'text/plain',
    'text/markdown',
    'text/csv',
    'text/html',
    'text/vtt',
    'application/json',
    'application/jsonl',
    'application/x-ndjson',
  ],
  pdf: ['application/pdf'],
} as const satisfies Record<string, readonly string[]>;
export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as Kind[];

/** What an artifact can be shown as. A type that is not listed above is judged by its family. */
export function kindOf(contentType: string): Kind | undefined {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const listed = kindNames.find((kind) => (kinds[kind] as readonly string[]).includes(type));
  if (listed) return listed;
  if (type.startsWith('audio/')) return 'audio';
  if (type.startsWith('video/')) return 'video';
  return type.startsWith('text/') || type.endsWith('+json') ? 'text' : undefined;
}

export function isJson(contentType: string): boolean {
  return /^application\/([\w.-]+\+)?json(;|$)/i.test(contentType);
}
