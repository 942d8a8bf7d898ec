/** Large orders go to another service, all others are noted. */
const graph = {
  nodes: [
    { id: 'is_large', type: 'logic.if', config: { condition: { '>=': [{ var: 'event.payload.amount' }, 1_000] } } },
    {
      id: 'ticket',
      type: 'http.request',
      config: {
        method: 'POST',
        url: 'https://api.example.com/tickets/',
        headers: { authorization: 'Bearer {{ secrets.TICKETS_KEY }}' },
        json: { customer: '{{ event.payload.customer }}', amount: '{{ event.payload.amount }}' },
      },
    },
    { id: 'note', type: 'core.log', config: { message: 'Order {{ event.payload.id }} needs no one' } },
  ],
  edges: [
    { source: 'is_large', target: 'ticket', condition: 'true' },
    { source: 'is_large', target: 'note', condition: 'false' },
  ],
};
const hello = { nodes: [{ id: 'say', type: 'core.log', config: { message: 'Hello, {{ event.payload.name }}' } }], edges: [] };
const input = { id: 'A-17', customer: 'Ada', amount: 1_200 };

/** Bodies as the documentation shows them, by operation. */
export const workflowExamples = {
  create: {
    'One step': { name: 'Hello', graph: hello },
    'With a trigger, a branch and a secret': {
      name: 'Large orders',
      slug: 'large-orders',
      graph,
      triggers: [{ type: 'event', event_type: 'order.created', filter: { '>': [{ var: 'payload.amount' }, 0] } }],
      settings: { timeout_seconds: 3_600 },
      is_live: true,
    },
  },
  update: { 'A new version': { name: 'Large orders', graph } },
  partialUpdate: { 'Pause the triggers': { is_live: false }, 'Resume them': { is_live: true } },
  import: { 'As an export holds them': [{ name: 'Hello', slug: 'hello', graph: hello, is_live: false }] },
  saveVersion: { 'A graph to try first': { graph: hello } },
  saveCase: {
    'An order that starts it': {
      name: 'A large order',
      event: { type: 'order.created', source: 'shop', payload: input },
      matches: true,
    },
    'A way that is taken': { name: 'Goes to the ticket', step: 'is_large', event: { event: { payload: input } }, matches: true },
  },
  publish: { 'Back to the first version': { version: 1 } },
  run: {
    'With input': { input },
    'Once, and under a name': { input, idempotency_key: 'order-A-17', execution_key: 'A-17', on_conflict: 'return' },
  },
  signalWithStart: {
    'A payment, for an order that may not be there yet': {
      execution_key: 'A-17',
      signal: { name: 'paid', data: { amount: 1_200 } },
      input,
    },
  },
  dryRun: {
    'The published version': { input },
    'A graph that is not saved': { input: { name: 'Ada' }, graph: hello },
    'One step alone': { input, step: 'ticket', pins: { is_large: { result: true } } },
  },
};
