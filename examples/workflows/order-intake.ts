import { ref, step, workflow } from 'automate/engine';

/** Checks the stock of each line of an order, asks for a signature above 1,000, and answers. */
export const orderIntake = (stock: string) =>
  workflow('order-intake', { name: 'Order intake' })
    .on('event', 'order.*', { '>': [ref('payload.amount'), 0] })
    .settings({ timeout_seconds: 3_600, concurrency: { limit: 10, key: `${ref('event.payload.customer')}` } })
    .foreach('lines', ref('event.payload.lines'), (line) =>
      line
        .step(
          'check',
          'http.request',
          { url: `${stock}/items/${ref('item.sku')}` },
          { retry: { attempts: 2, initial_seconds: 0 } },
        )
        .catch(step('missing', 'core.log', { message: `No answer for ${ref('item.sku')}` }))
        .step('line', 'core.set', { values: { status: '{{ steps.check.output.status | default: 0 }}' } }),
    )
    .parallel(
      step('log', 'core.log', { message: `Order ${ref('event.payload.id')}` }),
      step('sum', 'core.set', {
        values: {
          id: ref('event.payload.id'),
          first: ref('steps.lines.output.0.status'),
          isLarge: { $logic: { '>': [ref('event.payload.amount'), 1_000] } },
        },
      }),
    )
    .if(
      'large',
      ref('steps.sum.output.isLarge'),
      (large) =>
        large
          .step('sign', 'core.wait_for_signal', { name: 'signed', timeout_seconds: 600 })
          .route('timeout', (late) => late.step('late', 'core.log', { message: 'Nobody signed' }).end()),
      step('small', 'core.log', { message: 'No signature needed' }),
    )
    .step('answer', 'core.set', {
      values: { id: ref('steps.sum.output.id'), first: ref('steps.sum.output.first'), by: 'builder' },
    });
