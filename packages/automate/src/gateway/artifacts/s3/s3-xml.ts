/** One page of a list of objects, or of uploads. */
export interface ListedPage {
  readonly items: readonly Readonly<Record<string, string>>[];
  /** What the query of the next page says besides; undefined after the last. */
  readonly marker: Readonly<Record<string, string>> | undefined;
}

/** The text of the first element of this name. The replies of stores are flat enough for that. */
export function textOf(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found === undefined ? undefined : unescaped(found);
}

/** @param item name of the element of one thing that is listed */
export function listed(xml: string, item: string): ListedPage {
  const items = [...xml.matchAll(new RegExp(`<${item}>(.*?)</${item}>`, 'gs'))].map(([, inner = '']) =>
    Object.fromEntries([...inner.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name = '', text = '']) => [name, unescaped(text)])),
  );
  return { items, marker: textOf(xml, 'IsTruncated') === 'true' ? markerIn(xml) : undefined };
}

function markerIn(xml: string): Readonly<Record<string, string>> | undefined {
  const token = textOf(xml, 'NextContinuationToken');
  if (token) return { 'continuation-token': token };
  const key = textOf(xml, 'NextKeyMarker');
  return key ? { 'key-marker': key, 'upload-id-marker': textOf(xml, 'NextUploadIdMarker') ?? '' } : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(
    /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi,
    (_, name: string, decimal: string, hex: string) =>
      name
        ? (ENTITIES[name.toLowerCase()] as string)
        : String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
  );
}
