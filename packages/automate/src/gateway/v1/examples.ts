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
  embeddings: { 'Two texts': { model: 'search', input: ['first text', 'second text'] } },
};
