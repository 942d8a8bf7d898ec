import { toOpenaiChatUsage } from '../../usage/to-openai.ts';
import type { Usage } from '../../usage/usage.ts';

/** Vectors as OpenAI's clients read them: most ask for base64, which is 32-bit floats, little end first. */
export function toEmbeddings(
  vectors: readonly (readonly number[])[],
  { model, format, usage }: { model: string; format: 'float' | 'base64'; usage: Usage },
) {
  const { prompt_tokens, total_tokens } = toOpenaiChatUsage(usage);
  const data = vectors.map((vector, index) => ({
    object: 'embedding' as const,
    index,
    embedding: format === 'base64' ? inBase64(vector) : [...vector],
  }));
  return { object: 'list' as const, data, model, usage: { prompt_tokens, total_tokens } };
}

function inBase64(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}
