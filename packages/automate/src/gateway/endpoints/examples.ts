/** Bodies as the documentation shows them, by operation. */
export const endpointExamples = {
  create: {
    'One model under a name of your own': { slug: 'support-chat', targets: [{ provider: 'openai', model: 'gpt-5-mini' }] },
    'With another to fall back to': {
      slug: 'answers',
      aliases: ['gpt-5'],
      targets: [
        { provider: 'openai', model: 'gpt-5', priority: 0 },
        { provider: 'ollama', model: 'llama3.3', priority: 1 },
      ],
      params: { temperature: 0.2 },
      attempts: { retries: 1, first_byte_seconds: 30 },
    },
  },
};
