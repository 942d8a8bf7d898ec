/** Most bytes of sound in one event. */
const PIECE = 32_768;

/** A sound as the events of a stream, with `stream_format` sse. */
export function toSpeechEvents(audio: Uint8Array, usage: { readonly input: number; readonly output: number }): string {
  const bytes = Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength);
  const events: object[] = [];
  for (let start = 0; start < bytes.length; start += PIECE)
    events.push({ type: 'speech.audio.delta', audio: bytes.subarray(start, start + PIECE).toString('base64') });
  const { input, output } = usage;
  events.push({
    type: 'speech.audio.done',
    usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
  });
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
}
