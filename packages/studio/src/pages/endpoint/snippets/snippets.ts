import type { ConsoleTask } from '../tasks.ts';

/** A program that calls the endpoint, ready to be pasted. */
export interface Snippet {
  readonly language: string;
  readonly text: string;
}

interface Place {
  /** Of the server, with what it is mounted at. */
  readonly base: string;
  readonly model: string;
}

/** Programs for a task, in the languages that people come with. They read the key from AUTOMATE_KEY. */
export function snippetsOf(task: ConsoleTask, place: Place): readonly Snippet[] {
  return task === 'llm.chat' ? chat(place) : vectors(place);
}

function chat({ base, model }: Place): readonly Snippet[] {
  return [
    {
      language: 'curl',
      text: `curl ${base}/v1/chat/completions \\
  -H "authorization: Bearer $AUTOMATE_KEY" \\
  -H "content-type: application/json" \\
  -d '{
    "model": "${model}",
    "messages": [{ "role": "user", "content": "Hello" }]
  }'`,
    },
    {
      language: 'OpenAI (JS)',
      text: `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${base}/v1', apiKey: process.env.AUTOMATE_KEY });
const stream = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const piece of stream) process.stdout.write(piece.choices[0]?.delta?.content ?? '');`,
    },
    {
      language: 'OpenAI (Python)',
      text: `import os
from openai import OpenAI

client = OpenAI(base_url="${base}/v1", api_key=os.environ["AUTOMATE_KEY"])
stream = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Hello"}],
    stream=True,
)
for piece in stream:
    print((piece.choices and piece.choices[0].delta.content) or "", end="")`,
    },
    {
      language: 'Anthropic (JS)',
      text: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ baseURL: '${base}', authToken: process.env.AUTOMATE_KEY });
const message = await client.messages.create({
  model: '${model}',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Hello' }],
});
console.log(message.content);`,
    },
    {
      language: 'AI SDK',
      text: `import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText } from 'ai';

const automate = createOpenAICompatible({
  name: 'automate',
  baseURL: '${base}/v1',
  apiKey: process.env.AUTOMATE_KEY,
});
const { textStream } = streamText({ model: automate('${model}'), prompt: 'Hello' });
for await (const text of textStream) process.stdout.write(text);`,
    },
  ];
}

function vectors({ base, model }: Place): readonly Snippet[] {
  return [
    {
      language: 'curl',
      text: `curl ${base}/v1/embeddings \\
  -H "authorization: Bearer $AUTOMATE_KEY" \\
  -H "content-type: application/json" \\
  -d '{ "model": "${model}", "input": ["Hello", "Good morning"] }'`,
    },
    {
      language: 'OpenAI (JS)',
      text: `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${base}/v1', apiKey: process.env.AUTOMATE_KEY });
const { data } = await client.embeddings.create({ model: '${model}', input: ['Hello', 'Good morning'] });
console.log(data.map(({ embedding }) => embedding.length));`,
    },
    {
      language: 'OpenAI (Python)',
      text: `import os
from openai import OpenAI

client = OpenAI(base_url="${base}/v1", api_key=os.environ["AUTOMATE_KEY"])
reply = client.embeddings.create(model="${model}", input=["Hello", "Good morning"])
print([len(row.embedding) for row in reply.data])`,
    },
    {
      language: 'AI SDK',
      text: `import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany } from 'ai';

const automate = createOpenAICompatible({
  name: 'automate',
  baseURL: '${base}/v1',
  apiKey: process.env.AUTOMATE_KEY,
});
const { embeddings } = await embedMany({
  model: automate.embeddingModel('${model}'),
  values: ['Hello', 'Good morning'],
});
console.log(embeddings.map((vector) => vector.length));`,
    },
  ];
}
