/** Bodies as the documentation shows them. */
export const v1Examples = {
  chat: {
    'A question': { model: 'support-chat', messages: [{ role: 'user', content: 'What is an event?' }] },
    'In pieces': { model: 'openai/gpt-5-mini', stream: true, messages: [{ role: 'user', content: 'Tell me a story.' }] },
  },
  embeddings: { 'Two texts': { model: 'search', input: ['first text', 'second text'] } },
};
