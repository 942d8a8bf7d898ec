/** What the list is narrowed to. All of it stands in the address. */
export interface WorkflowsSearch {
  readonly state?: State;
  readonly q?: string;
  readonly order?: Order;
}

export const states = ['live', 'paused', 'archived'] as const;
export type State = (typeof states)[number];
const orders = ['name', '-name', 'updated_at', '-updated_at'] as const;
type Order = (typeof orders)[number];

/** What an address does not say rightly, it does not say. */
export function readWorkflowsSearch(given: Record<string, unknown>): WorkflowsSearch {
  const state = states.find((one) => one === given.state);
  const order = orders.find((one) => one === given.order);
  // The router reads what is JSON as JSON.
  const q = given.q === undefined ? '' : String(given.q).slice(0, 200);
  return { ...(state && { state }), ...(q && { q }), ...(order && { order }) };
}

/** The same as the API asks for it. */
export function toQuery({ state, q, order }: WorkflowsSearch) {
  return {
    archived_at_is_null: state !== 'archived',
    ...(state === 'live' && { is_live: true }),
    ...(state === 'paused' && { is_live: false }),
    ...(q && { search: q }),
    ...(order && { ordering: order }),
  };
}
