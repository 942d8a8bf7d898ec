/** An event of a stream, its data parsed. */
export interface ReadEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: unknown;
}

/** The events of a text, whole ones alone. */
export function parseEvents(text: string): ReadEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((block) => {
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const data = field('data');
      return { id: field('id'), event: field('event') ?? '', data: data === undefined ? undefined : JSON.parse(data) };
    })
    .filter(({ event }) => event !== '');
}

/** All events of a stream, to its end. */
export async function readEvents(reply: Response): Promise<ReadEvent[]> {
  return parseEvents(await reply.text());
}
