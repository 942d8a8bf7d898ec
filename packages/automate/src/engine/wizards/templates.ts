import type { WizardTemplate } from '../../platform/index.ts';

const order = { id: 'A-1001', amount: 240, customer: 'Ada Okafor', email: 'ada@example.com' };

/** Workflows to begin with. Each runs as it is, with its sample as input. */
export const workflowTemplates: readonly WizardTemplate[] = [
  {
    name: 'blank',
    title: { en: 'Blank', it: 'Vuoto' },
    description: { en: 'One step that hands on what comes in', it: 'Un passo che passa avanti ciò che arriva' },
    icon: 'plus',
    values: {
      name: 'My workflow',
      graph: { nodes: [{ id: 'start', type: 'core.set', config: { values: { received: '{{ event.payload }}' } } }], edges: [] },
    },
    sample: { hello: 'world' },
  },
  {
    name: 'large-orders',
    title: { en: 'Single out large orders', it: 'Distingui gli ordini grandi' },
    description: {
      en: 'Looks at the amount, and goes one way or the other',
      it: 'Guarda l’importo e prende una strada o l’altra',
    },
    icon: 'branch',
    values: {
      name: 'Large orders',
      graph: {
        nodes: [
          { id: 'large', type: 'logic.if', config: { condition: { '>': [{ var: 'event.payload.amount' }, 100] } } },
          { id: 'tell', type: 'core.log', config: { message: 'Large order {{ event.payload.id }}: {{ event.payload.amount }}' } },
          { id: 'file', type: 'core.log', config: { message: 'Order {{ event.payload.id }}', level: 'debug' } },
        ],
        edges: [
          { source: 'large', target: 'tell', condition: 'true' },
          { source: 'large', target: 'file', condition: 'false' },
        ],
      },
      triggers: [{ type: 'event', event_type: 'order.created' }],
    },
    sample: order,
  },
  {
    name: 'approval',
    title: { en: 'Ask a person first', it: 'Chiedi prima a una persona' },
    description: { en: 'Waits for a yes or a no, for a day at most', it: 'Aspetta un sì o un no, al massimo un giorno' },
    icon: 'approval',
    values: {
      name: 'Refund with approval',
      graph: {
        nodes: [
          {
            id: 'ask',
            type: 'core.approval',
            config: {
              title: 'Refund {{ event.payload.amount }} to {{ event.payload.customer }}?',
              description: 'Order {{ event.payload.id }}',
              timeout_seconds: 86_400,
            },
          },
          {
            id: 'refund',
            type: 'core.emit',
            config: { event_type: 'refund.approved', payload: { order: '{{ event.payload.id }}' } },
          },
          { id: 'refused', type: 'core.log', config: { message: 'No refund for {{ event.payload.id }}' } },
        ],
        edges: [
          { source: 'ask', target: 'refund', condition: 'approved' },
          { source: 'ask', target: 'refused', condition: 'rejected' },
          { source: 'ask', target: 'refused', condition: 'timeout' },
        ],
      },
      triggers: [{ type: 'event', event_type: 'refund.requested' }],
    },
    sample: order,
  },
  {
    name: 'call',
    title: { en: 'Call a service', it: 'Chiama un servizio' },
    description: {
      en: 'Sends a request, and says when it did not work',
      it: 'Manda una richiesta, e dice quando non è riuscita',
    },
    icon: 'globe',
    values: {
      name: 'Call a service',
      graph: {
        nodes: [
          {
            id: 'call',
            type: 'http.request',
            config: { url: 'https://example.com/', timeout_seconds: 10 },
            retry: { attempts: 2 },
          },
          { id: 'done', type: 'core.log', config: { message: 'Answered with {{ steps.call.output.status }}' } },
          { id: 'failed', type: 'core.log', config: { message: 'No answer: {{ steps.call.error.code }}', level: 'warn' } },
        ],
        edges: [
          { source: 'call', target: 'done' },
          { source: 'call', target: 'failed', condition: 'error' },
        ],
      },
    },
    sample: {},
  },
  {
    name: 'each-line',
    title: { en: 'Work through a list', it: 'Elabora un elenco' },
    description: {
      en: 'Does the same for each line, four at a time, and counts',
      it: 'Fa lo stesso per ogni riga, quattro alla volta, e conta',
    },
    icon: 'loop',
    values: {
      name: 'Each line',
      graph: {
        nodes: [
          {
            id: 'lines',
            type: 'flow.foreach',
            config: {
              items: '{{ event.payload.lines }}',
              concurrency: 4,
              body: {
                nodes: [
                  {
                    id: 'sum',
                    type: 'core.set',
                    config: {
                      values: { sku: '{{ item.sku }}', sum: { $logic: { '*': [{ var: 'item.price' }, { var: 'item.count' }] } } },
                    },
                  },
                ],
                edges: [],
              },
            },
          },
          { id: 'count', type: 'core.set', config: { values: { lines: '{{ steps.lines.output | size }}' } } },
        ],
        edges: [{ source: 'lines', target: 'count' }],
      },
    },
    sample: {
      lines: [
        { sku: 'SHELF-OAK', price: 489, count: 2 },
        { sku: 'HOOK-BRS', price: 20.75, count: 4 },
      ],
    },
  },
  {
    name: 'payment-reminder',
    title: { en: 'Remind of what has not been paid', it: 'Ricorda ciò che non è stato pagato' },
    description: {
      en: 'Waits for the payment, and sends a reminder when it does not come',
      it: 'Aspetta il pagamento, e manda un promemoria se non arriva',
    },
    icon: 'timer',
    values: {
      name: 'Payment reminder',
      graph: {
        nodes: [
          {
            id: 'paid',
            type: 'core.wait_for_event',
            config: {
              event_type: 'payment.received',
              match: { '==': [{ var: 'payload.order_id' }, { var: 'event.payload.id' }] },
              timeout_seconds: 259_200,
            },
          },
          { id: 'thanks', type: 'core.log', config: { message: 'Order {{ event.payload.id }} is paid' } },
          {
            id: 'remind',
            type: 'core.emit',
            config: {
              event_type: 'reminder.due',
              payload: { order: '{{ event.payload.id }}', email: '{{ event.payload.email }}' },
            },
          },
        ],
        edges: [
          { source: 'paid', target: 'thanks' },
          { source: 'paid', target: 'remind', condition: 'timeout' },
        ],
      },
      triggers: [{ type: 'event', event_type: 'invoice.sent' }],
    },
    sample: order,
  },
  {
    name: 'tidy',
    title: { en: 'Tidy what comes in', it: 'Riordina ciò che arriva' },
    description: {
      en: 'Brings events into one form, and sends them on',
      it: 'Porta gli eventi in una sola forma, e li manda avanti',
    },
    icon: 'transform',
    values: {
      name: 'Tidy contacts',
      graph: {
        nodes: [
          {
            id: 'tidy',
            type: 'core.transform',
            config: {
              template: {
                name: '{{ event.payload.name | strip }}',
                email: '{{ event.payload.email | strip | downcase }}',
                language: "{{ event.payload.language | default: 'en' }}",
              },
            },
          },
          {
            id: 'send',
            type: 'core.emit',
            config: { event_type: 'contact.tidied', payload: { contact: '{{ steps.tidy.output }}' } },
          },
        ],
        edges: [{ source: 'tidy', target: 'send' }],
      },
      triggers: [{ type: 'event', event_type: 'contact.received' }],
    },
    sample: { name: ' Ada Okafor ', email: 'Ada@Example.com' },
  },
];
