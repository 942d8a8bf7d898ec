const samples: Readonly<Record<string, string>> = {
  date: '2025-01-01',
  'date-time': '2025-01-01T12:00:00Z',
  time: '12:00:00Z',
  duration: 'P1D',
  email: 'demo@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};
const MAXIMUM_LENGTH = 10_000;

/** A text of the length and format that a schema wants. */
export function fitString({ format, minLength, maxLength }: Readonly<Record<string, unknown>>, wanted: () => string): string {
  const sample = typeof format === 'string' && Object.hasOwn(samples, format) ? samples[format] : undefined;
  if (sample !== undefined) return sample;
  // JSON Schema counts characters, not the units of JavaScript.
  const characters = [...wanted()];
  const least = Math.min(lengthOf(minLength, 0), MAXIMUM_LENGTH);
  while (characters.length < least) characters.push('.');
  return characters.slice(0, lengthOf(maxLength, MAXIMUM_LENGTH)).join('');
}

function lengthOf(value: unknown, none: number): number {
  return typeof value === 'number' ? value : none;
}
