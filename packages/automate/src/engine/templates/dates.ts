import { toValue } from 'liquidjs';
import { formatDate, type ShownDate } from './date-format.ts';
import type { Budget } from './limits.ts';
import { readMoment } from './moments.ts';
import type { Handler } from './numbers.ts';
import { placeOf } from './time-zones.ts';

/** The filters that show dates: in UTC, or in the zone that a template names. The zone of the machine plays no part. */
export const dateFilters: Readonly<Record<string, Handler>> = {
  date(value, format, zone) {
    const text = toValue(format as never) as unknown;
    return show(this, value, text === undefined || text === null ? DEFAULT_FORMAT : String(text), toValue(zone as never));
  },
  date_to_xmlschema(value) {
    return show(this, value, '%Y-%m-%dT%H:%M:%S%:z');
  },
  date_to_rfc822(value) {
    return show(this, value, '%a, %d %b %Y %H:%M:%S %z');
  },
  date_to_string(value, type, style) {
    return show(this, value, wordsOf('%b', type, style));
  },
  date_to_long_string(value, type, style) {
    return show(this, value, wordsOf('%B', type, style));
  },
};

const DEFAULT_FORMAT = '%A, %B %-e, %Y at %-l:%M %P %z';

function wordsOf(month: string, type: unknown, style: unknown): string {
  if (type !== 'ordinal') return `%d ${month} %Y`;
  return style === 'US' ? `${month} %-d%q, %Y` : `%-d%q ${month} %Y`;
}

/** What is no date is handed on as it is. */
function show({ context }: ThisParameterType<Handler>, given: unknown, format: string, zone?: unknown): unknown {
  const value = toValue(given as never) as unknown;
  const moment = readMoment(value);
  if (moment === undefined) return value;
  const budget = context.memoryLimit as unknown as Budget;
  budget.use(format.length);
  const { offset, name } = placeOf(zone, moment);
  const local = new Date(moment + offset * 60_000);
  if (Number.isNaN(local.getTime())) return value;
  const date: ShownDate = { local, moment, offset, zone: name };
  return formatDate(date, format, budget);
}
