/** An event of a stream that has no name. */
export function dataEvent(json: string): string {
  return `data: ${json}\n\n`;
}

/** An event whose name is its type. */
export function typedEvent(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
