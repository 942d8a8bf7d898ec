import type { AdminModelDetail } from 'automate-client';
import { useTextOf, useWords } from '../../text/text.tsx';
import { dateInWords, useFacets } from './calendar.ts';
import type { ListSearch } from './search.ts';
import { words } from './words.ts';

interface DatesProps {
  readonly model: AdminModelDetail;
  readonly search: ListSearch;
  onChange(search: ListSearch): void;
}

/** The years, months and days of the list, each with how many rows it has. */
export function Dates({ model, search, onChange }: DatesProps) {
  const text = useTextOf(words);
  const { language } = useWords();
  const dates = useFacets(model, search).data?.dates;
  const date = search._date;
  const go = (next: string | undefined) => {
    const { _date: _, ...rest } = search;
    onChange(next === undefined ? rest : { ...rest, _date: next });
  };
  if (!dates || (dates.values.length === 0 && date === undefined)) return null;
  const most = Math.max(...dates.values.map(({ count }) => count), 1);
  // Where all rows are of one year, or month, the bars below begin inside it.
  const inside =
    date ??
    dates.values
      .find(({ value }) => value !== null)
      ?.value?.split('-')
      .slice(0, -1)
      .join('-') ??
    '';
  const way = [inside.slice(0, 4), inside.slice(0, 7)].filter((part, index, all) => part !== '' && all.indexOf(part) === index);
  return (
    <div className="a-dates">
      <nav aria-label={text.dates}>
        <ol className="a-when">
          <li aria-current={date === undefined ? 'true' : undefined}>
            <button type="button" className="link" onClick={() => go(undefined)}>
              {text.allTime}
            </button>
          </li>
          {way.map((part) => (
            <li key={part} aria-current={part === date ? 'true' : undefined}>
              <button type="button" className="link" onClick={() => go(part)}>
                {dateInWords(part, language)}
              </button>
            </li>
          ))}
        </ol>
      </nav>
      <ul className="a-days" aria-label={text.dates}>
        {dates.values.map(({ value, count }) =>
          value === null ? null : (
            <li key={value}>
              <button
                type="button"
                aria-current={value === date ? 'date' : undefined}
                aria-label={text.rowsOn(count, dateInWords(value, language, 'short'))}
                title={text.rowsOn(count, dateInWords(value, language))}
                onClick={() => go(value === date ? value.slice(0, 7) : value)}
              >
                <i style={{ '--n': (count / most).toFixed(2) } as React.CSSProperties} />
                <span>{shortOf(value, language)}</span>
              </button>
            </li>
          ),
        )}
      </ul>
    </div>
  );
}

/** What stands below a bar: the year, the month's name or the day. */
function shortOf(value: string, language: string): string {
  const [year = '', month, day] = value.split('-');
  if (day !== undefined) return String(Number(day));
  if (month === undefined) return year;
  return new Intl.DateTimeFormat(language, { month: 'short' }).format(new Date(Number(year), Number(month) - 1, 1));
}
