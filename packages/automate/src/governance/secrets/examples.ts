/** Bodies as the documentation shows them, by operation. */
export const secretExamples = {
  create: {
    'A value, for one host': {
      name: 'TICKETS_KEY',
      value: 'the-value-that-they-gave-you',
      hosts: ['api.example.com'],
      description: 'Key of the ticket system',
    },
    'Where the operator keeps it, for staff': { name: 'TICKETS_KEY', reference: 'env://TICKETS_KEY', hosts: ['api.example.com'] },
  },
  partialUpdate: { 'Other hosts': { hosts: ['api.example.com', '*.example.org'] } },
  rotate: { 'A new value': { value: 'the-value-that-takes-its-place' } },
};
