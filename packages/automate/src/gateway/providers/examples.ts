/** Bodies as the documentation shows them, by operation. */
export const providerExamples = {
  create: {
    'A model server of this house': {
      slug: 'ollama',
      kind: 'openai-compatible',
      config: { base_url: 'https://models.example.com/v1' },
    },
    'OpenAI, with a key that is sealed': { slug: 'openai', kind: 'openai', api_key: 'sk-your-key' },
  },
  test: { 'List the models': {}, 'Ask one of them': { model: 'gpt-5-mini' } },
};
