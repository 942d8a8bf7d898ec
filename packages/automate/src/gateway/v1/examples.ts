/** Bodies as the documentation shows them. */
export const v1Examples = {
  chat: {
    'A question': { model: 'support-chat', messages: [{ role: 'user', content: 'What is an event?' }] },
    'In pieces': { model: 'openai/gpt-5-mini', stream: true, messages: [{ role: 'user', content: 'Tell me a story.' }] },
  },
  messages: {
    'A question': { model: 'support-chat', max_tokens: 500, messages: [{ role: 'user', content: 'What is an event?' }] },
  },
  countTokens: { 'A question': { model: 'support-chat', messages: [{ role: 'user', content: 'What is an event?' }] } },
  responses: { 'A question': { model: 'support-chat', input: 'What is an event?' } },
  images: { 'A picture': { model: 'pictures', prompt: 'A lighthouse at night', size: '1024x1024' } },
  speech: { 'A sentence': { model: 'speech', input: 'The kettle is boiling.', voice: 'alloy' } },
  embeddings: { 'Two texts': { model: 'search', input: ['first text', 'second text'] } },
};
