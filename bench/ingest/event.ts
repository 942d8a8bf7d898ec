import { z } from 'zod';

/** An order of about one kilobyte, as a shop would send it. */
export function orderEvent(number: number): string {
  return JSON.stringify({
    event_type: 'order.created',
    source: 'shop',
    payload: {
      id: `ord_${number}`,
      currency: 'EUR',
      total: 129.95,
      placed_at: '2026-01-31T12:00:00Z',
      customer: {
        id: 'cus_48213',
        name: 'Ada Lovelace',
        email: 'ada@example.com',
        locale: 'en-GB',
        address: { street: '12 St James Square', city: 'London', postcode: 'SW1Y 4JH', country: 'GB' },
      },
      lines: ['Notebook, dotted, A5', 'Fountain pen, fine', 'Ink, blue-black, 50 ml', 'Blotting paper'].map((name, index) => ({
        sku: `SKU-${index + 1}`,
        name,
        quantity: index + 1,
        unit_price: 12.5 + index,
        tax_rate: 0.2,
        attributes: { warehouse: 'LHR-2', gift: false },
      })),
      note: 'Please leave the parcel with the neighbour at number 14 when nobody is in.',
    },
  });
}

/** What the floor checks of an event: the same rules as the product's. */
export const EventInput = z.strictObject({
  event_type: z
    .string()
    .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/)
    .max(200),
  payload: z.unknown(),
  source: z.string().min(1).max(200).default('api'),
  idempotency_key: z.string().min(1).max(255).optional(),
  occurred_at: z.iso.datetime({ offset: true }).optional(),
});

export const Receipt = z.object({ event_id: z.uuid(), status: z.enum(['accepted', 'duplicate']), trace_id: z.string() });
