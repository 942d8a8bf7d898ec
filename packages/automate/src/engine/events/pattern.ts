/**
 * Whether an event type fits a trigger's pattern: the same word for word, below a prefix (`order.*` fits `order.created`
 * and `order.item.added`, not `order`), or anything (`*`).
 */
export function matchesPattern(pattern: string, eventType: string): boolean {
  if (pattern === '*') return true;
  if (pattern.endsWith('.*')) return eventType.startsWith(pattern.slice(0, -1)) && eventType.length > pattern.length - 1;
  return pattern === eventType;
}
