/** The edge condition by which a failed node leaves. */
export const ERROR_ROUTE = 'error';
