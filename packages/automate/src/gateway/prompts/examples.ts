const version = {
  messages: [
    { role: 'system', content: 'You answer in one sentence.' },
    { role: 'user', content: 'Summarise for {{ reader }}: {{ text }}' },
  ],
  variables: {
    type: 'object',
    properties: { text: { type: 'string' }, reader: { type: 'string', default: 'a colleague' } },
    required: ['text'],
  },
  model: 'fast',
  params: { temperature: 0.2 },
};

/** Bodies to show. */
export const promptExamples = {
  create: {
    'A prompt with its first version': { name: 'Summary', version },
    'Only its name': { name: 'Reply to a customer' },
  },
  saveVersion: { 'A version': { ...version, message: 'One sentence, not three' } },
  putLabel: {
    'One version': { version: 1 },
    'Half of the callers each': {
      variants: [
        { version: 1, weight: 50 },
        { version: 2, weight: 50 },
      ],
      sticky: 'caller',
    },
  },
  render: { 'A version with variables': { version: 1, variables: { text: 'A long letter …' } } },
  test: { 'Without asking the model': { variables: { text: 'A long letter …' } } },
  testSet: {
    'Two cases': {
      prompt_id: '0190b5a0-0000-7000-8000-000000000000',
      name: 'Letters',
      cases: [
        {
          name: 'A complaint',
          variables: { text: 'The parcel was late.' },
          assertions: [
            { type: 'contains', value: 'late' },
            { type: 'latency', max_ms: 5_000 },
          ],
        },
        {
          name: 'Praise',
          variables: { text: 'Thank you!' },
          assertions: [{ type: 'llm_judge', model: 'judge', rubric: 'Says that the customer is content' }],
        },
      ],
    },
  },
  run: { 'The latest version': { test_set_id: '0190b5a0-0000-7000-8000-000000000000' } },
};
