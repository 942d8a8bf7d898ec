/** The zone of this browser. */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

export function allZones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
}

/** Date and time in a zone, as the elements of a form take them. */
export interface Wall {
  /** `2026-12-01`. */
  readonly date: string;
  /** `09:21`, or with seconds and their parts where it has them. */
  readonly time: string;
}

/** How a moment reads on the wall of a zone; undefined for what is none. */
export function wallOf(moment: string, zone: string): Wall | undefined {
  const at = new Date(moment);
  if (!/T/.test(moment) || Number.isNaN(at.getTime())) return undefined;
  const shifted = new Date(at.getTime() + offsetAt(at.getTime(), zone)).toISOString();
  const [date = '', rest = ''] = shifted.replace(/^\+0*(?=\d{4}-)/, '').split('T');
  const time = rest
    .replace('Z', '')
    .replace(/\.000$/, '')
    .replace(/^(\d\d:\d\d):00$/, '$1');
  return { date, time };
}

/** The moment at which the wall of a zone reads so, in UTC; undefined while it is not whole. */
export function momentOf({ date, time }: Wall, zone: string): string | undefined {
  const wall = Date.parse(`${date}T${time}Z`);
  if (date === '' || time === '' || Number.isNaN(wall)) return undefined;
  // The offset holds at the moment, and the moment comes by the offset: twice is enough, but where clocks jump.
  const first = wall - offsetAt(wall, zone);
  return new Date(wall - offsetAt(first, zone)).toISOString().replace(/\.000Z$/, 'Z');
}

/** Milliseconds that a zone is ahead of UTC. */
function offsetAt(time: number, zone: string): number {
  const whole = Math.floor(time / 1_000) * 1_000;
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
      .formatToParts(whole)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<string, number>;
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}
