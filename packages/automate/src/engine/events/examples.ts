/** Events as the documentation shows them. */
export const eventExamples = {
  'One event': { event_type: 'order.created', payload: { id: 'A-17', customer: 'Ada', amount: 1_200 } },
  'With a key, so that it counts once': {
    event_type: 'order.created',
    source: 'shop',
    payload: { id: 'A-17', customer: 'Ada', amount: 1_200 },
    idempotency_key: 'order-A-17-created',
    occurred_at: '2030-01-01T12:00:00Z',
  },
  'A batch': [
    { event_type: 'order.created', payload: { id: 'A-17', amount: 1_200 } },
    { event_type: 'order.paid', payload: { id: 'A-17' } },
  ],
};
