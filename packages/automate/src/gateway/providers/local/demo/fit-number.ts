/** The number that fits a schema and is nearest to the wanted one; 1 where none is wanted. */
export function fitNumber(schema: Readonly<Record<string, unknown>>, wanted = 1): number {
  const step = typeof schema.multipleOf === 'number' && schema.multipleOf > 0 ? schema.multipleOf : undefined;
  const grain = step ?? (schema.type === 'integer' ? 1 : undefined);
  const smallest = grain ?? 0.001;
  const least = Math.max(bound(schema.minimum, -Infinity), bound(schema.exclusiveMinimum, -Infinity, smallest));
  const most = Math.min(bound(schema.maximum, Infinity), bound(schema.exclusiveMaximum, Infinity, -smallest));
  const near = Math.min(Math.max(wanted, least), most);
  if (grain === undefined) return near;
  const rounded = Math.round(near / grain) * grain;
  if (rounded < least) return Math.ceil(least / grain) * grain;
  return rounded > most ? Math.floor(most / grain) * grain : rounded;
}

function bound(value: unknown, none: number, shift = 0): number {
  return typeof value === 'number' ? value + shift : none;
}
