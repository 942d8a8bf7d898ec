import { oneOf, textsOf } from '../../data/search.ts';

const orders = ['name', '-name', 'created_at', '-created_at'] as const;
export const states = ['enabled', 'disabled'] as const;

/** What the list is narrowed to. All of it stands in the address. */
export interface EndpointsSearch {
  readonly q?: string;
  readonly state?: (typeof states)[number];
  readonly order?: (typeof orders)[number];
  readonly do?: 'import';
}

/** What an address does not say rightly, it does not say. */
export function readEndpointsSearch(given: Record<string, unknown>): EndpointsSearch {
  const state = oneOf(given.state, states);
  const order = oneOf(given.order, orders);
  const doing = oneOf(given.do, ['import']);
  return { ...textsOf(given, ['q']), ...(state && { state }), ...(order && { order }), ...(doing && { do: doing }) };
}

/** The same as the API asks for it. */
export function toQuery({ q, state, order = 'name' }: EndpointsSearch) {
  return { ordering: order, ...(q && { search: q }), ...(state && { is_enabled: state === 'enabled' }) };
}
