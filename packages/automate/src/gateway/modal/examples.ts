/** Bodies as the documentation shows them. */
export const modalExamples = {
  run: {
    'A question': { input: { prompt: 'What is an event?' } },
    'Texts as vectors': { task_type: 'llm.embed', input: { texts: ['first text', 'second text'] } },
    'Speech as text': { task_type: 'audio.stt', input: { artifact_id: '019af000-0000-7000-8000-000000000000' } },
  },
  job: {
    'A question': { input: { prompt: 'Tell me a long story.' } },
    'With a call at its end': {
      input: { prompt: 'Tell me a long story.' },
      webhook_url: 'https://hooks.example.com/done',
      webhook_secret: 'HOOK_KEY',
    },
  },
};
