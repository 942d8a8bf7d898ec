import { z } from 'zod';
import { BaseModelViewSet, type Context, defineModel, filterBy, type Row, requireScope, Timestamp } from '../../src/api/index.ts';
import type { AutomateOptions } from '../../src/server/index.ts';
import { AuditedMixin, adminOf } from '../../src/server/index.ts';

const Customer = z.object({
  id: z.uuid(),
  name: z.string().min(1).max(200),
  email: z.email().nullable(),
  created_at: Timestamp,
});
const CustomerModel = defineModel({
  app: 'shop',
  name: 'Customer',
  table: 'customers',
  schema: Customer,
  ordering: ['name', '-created_at'],
  searchFields: ['name'],
});

const Order = z.object({
  id: z.uuid(),
  number: z.string().regex(/^HP-\d+$/, 'must be "HP-" and digits'),
  customer_id: z.uuid().nullable(),
  status: z.enum(['paid', 'packed', 'shipped', 'on_hold']),
  channel: z.enum(['web', 'phone']),
  carrier: z.enum(['fastlane', 'nordpost']).nullable(),
  total: z.string().regex(/^\d+\.\d{2}$/, 'must be an amount'),
  visits: z.union([z.int(), z.string()]).nullable(),
  is_gift: z.boolean(),
  notes: z.string().max(5_000).nullable(),
  metadata: z.json(),
  card: z.string().nullable(),
  placed_at: Timestamp,
  updated_at: Timestamp,
});
export const OrderModel = defineModel({
  app: 'shop',
  name: 'Order',
  table: 'orders',
  schema: Order,
  ordering: ['-placed_at', 'number', 'status', 'total'],
  filters: filterBy(Order, {
    status: ['exact', 'in'],
    channel: ['exact'],
    customer_id: ['exact'],
    is_gift: ['exact'],
    notes: ['contains', 'null'],
    placed_at: ['range'],
    card: ['exact'],
  }),
  searchFields: ['number', 'notes'],
  redacted: ['card'],
});

const Line = z.object({
  id: z.uuid(),
  order_id: z.uuid(),
  product: z.string().min(1).max(100),
  quantity: z.int().min(1),
  price: z.string().regex(/^\d+\.\d{2}$/),
});
const LineModel = defineModel({
  app: 'shop',
  name: 'OrderLine',
  table: 'order_lines',
  schema: Line,
  ordering: ['id'],
  filters: filterBy(Line, { order_id: ['exact'] }),
});

const Wide = z.object({
  id: z.uuid(),
  name: z.string().max(100),
  ...Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`field_${String(index + 1).padStart(2, '0')}`, z.string().max(10_000).nullable()]),
  ),
});
const WideModel = defineModel({
  app: 'shop',
  name: 'Wide',
  table: 'wide',
  schema: Wide,
  ordering: ['-id', 'name'],
  searchFields: ['name'],
});

class CustomerViewSet extends BaseModelViewSet<typeof CustomerModel> {
  readonly model = CustomerModel;
  readonly createSchema = z.strictObject({ name: Customer.shape.name, email: Customer.shape.email.default(null) });
}

const { number, customer_id, status, channel, carrier, total, visits, is_gift, notes, metadata, card } = Order.shape;
class OrderViewSet extends AuditedMixin(BaseModelViewSet<typeof OrderModel>) {
  static {
    this.action('pack', { detail: true, methods: ['post'], summary: 'Mark as packed', response: Order });
    this.action('test', {
      detail: true,
      methods: ['post'],
      summary: 'Test the address',
      response: z.object({ reachable: z.boolean() }),
    });
  }
  readonly model = OrderModel;
  readonly createSchema: z.ZodObject = z.strictObject({
    number,
    customer_id: customer_id.default(null),
    status: status.default('paid'),
    channel: channel.default('web'),
    carrier: carrier.default(null),
    total,
    visits: visits.default(null),
    is_gift: is_gift.default(false),
    notes: notes.default(null),
    metadata: metadata.default({}),
    card: card.default(null),
    pin: z.string().max(20).meta({ writeOnly: true }).optional(),
    placed_at: Timestamp.optional(),
  });
  override updateSchema: z.ZodObject = this.createSchema.omit({ number: true, placed_at: true });

  override present(row: Row<typeof OrderModel>) {
    return row.card === null ? row : { ...row, card: '[redacted]' };
  }

  async pack(order: Row<typeof OrderModel>, ctx: Context) {
    if (order.status === 'on_hold')
      throw new (await import('../../src/api/index.ts')).AppError({
        status: 409,
        code: 'on_hold',
        title: 'On hold',
        detail: `${order.number} is on hold.`,
      });
    return this.present(await this.performUpdate(order, { status: 'packed' }, ctx, requireScope(this.getQuery(ctx))));
  }

  async test(order: Row<typeof OrderModel>) {
    return { reachable: order.channel === 'web' };
  }
}

class LineViewSet extends BaseModelViewSet<typeof LineModel> {
  readonly model = LineModel;
  readonly createSchema = z.strictObject({
    order_id: Line.shape.order_id,
    product: Line.shape.product,
    quantity: Line.shape.quantity.default(1),
    price: Line.shape.price,
  });
  override updateSchema: z.ZodObject = this.createSchema.omit({ order_id: true });
}

class WideViewSet extends BaseModelViewSet<typeof WideModel> {
  readonly model = WideModel;
  readonly createSchema = Wide.omit({ id: true }).partial().required({ name: true });
}

/** A host with models of its own: one is refined, the others are as their schemas say. */
export const adminShop = {
  models: [CustomerModel, OrderModel, LineModel, WideModel],
  migrations: new URL('../fixtures/admin-shop/', import.meta.url),
  viewsets: { customers: CustomerViewSet, orders: OrderViewSet, 'order-lines': LineViewSet, wide: WideViewSet },
  admin: [
    adminOf(OrderModel, {
      list: ['number', 'customer_id', 'status', 'total', 'channel', 'carrier', 'is_gift', 'placed_at'],
      editable: ['carrier', 'is_gift'],
      filters: ['status', 'channel', 'customer_id', 'is_gift', 'notes_is_null', 'card'],
      dateHierarchy: 'placed_at',
      search: { en: 'Number or notes', it: 'Numero o note' },
      form: [
        { title: { en: 'Order', it: 'Ordine' }, fields: ['number', 'status', 'total', 'placed_at'] },
        { title: 'Customer and delivery', fields: ['customer_id', 'carrier', 'channel', 'notes', 'is_gift'] },
      ],
      actions: [{ name: 'pack', label: { en: 'Mark as packed', it: 'Segna come imballato' } }],
      inlines: [{ model: LineModel, column: 'order_id', title: { en: 'Lines', it: 'Righe' } }],
      icon: 'box',
    }),
  ],
} satisfies AutomateOptions;
