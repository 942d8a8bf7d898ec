import type { Spend } from 'automate-client';
import { periodNames, periods } from '../../data/periods.ts';
import { shortId } from '../../format.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { dollars } from '../../ui/dollars.ts';
import { Icon } from '../../ui/icon.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { words } from './words.ts';

const HOUR = 3_600_000;

/** A group, or all that are not told on their own. */
export interface Line extends Omit<Spend['groups'][number], 'key'> {
  readonly id: string;
  readonly key: string | null;
  readonly place: number;
  readonly isRest: boolean;
  /** How many groups it stands for. */
  readonly groups: number;
}

export function linesOf({ groups, rest }: Spend): readonly Line[] {
  const lines = groups.map((group, place): Line => ({ ...group, id: `of ${group.key ?? ''}`, place, isRest: false, groups: 1 }));
  if (!rest) return lines;
  return [...lines, { ...rest, id: 'rest', key: null, name: null, place: lines.length, isRest: true }];
}

const FILTERS = {
  endpoint: 'endpoint',
  provider: 'provider',
  model: 'provider_model',
  api_key: 'key',
  prompt: 'prompt',
} as const satisfies Record<Spend['by'], string>;

/** What the log of calls is narrowed to, so that it shows what a figure was made of; beyond a month it is told by the group alone. */
export function callsOf({ since, until, by }: Spend, line?: Pick<Line, 'key'>): Readonly<Record<string, string>> {
  const length = Date.parse(until) - Date.parse(since);
  const within = periodNames.find((name) => Math.abs(length - periods[name]) < HOUR);
  return { ...(within && { within }), ...(line?.key && { [FILTERS[by]]: line.key }) };
}

export function useNameOf({ by }: Spend): (line: Line) => string {
  const text = useTextOf(words);
  return ({ isRest, groups, key, name }) => {
    if (isRest) return text.rest(groups);
    if (key === null) return text.without[by];
    return by === 'api_key' || by === 'prompt' ? (name ?? text.gone(shortId(key))) : key;
  };
}

export function SpendTable({ spend }: { spend: Spend }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const nameOf = useNameOf(spend);
  const number = (value: number) => value.toLocaleString(language);
  const share = (nanos: number) =>
    spend.total.cost_nanos === 0 ? '–' : (nanos / spend.total.cost_nanos).toLocaleString(language, { style: 'percent' });
  return (
    <section className="card table-box" tabIndex={0} aria-label={text.table[spend.by]}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text.bys[spend.by]}</th>
            <th scope="col" className="num">
              {text.cost}
            </th>
            <th scope="col" className="num">
              {text.share}
            </th>
            <th scope="col" className="num">
              {text.calls}
            </th>
            <th scope="col" className="num">
              {text.noPrice}
            </th>
            <th scope="col" className="num">
              {text.tokens}
            </th>
          </tr>
        </thead>
        <tbody>
          {linesOf(spend).map((line) => (
            <tr key={line.id}>
              <th scope="row" title={line.name ?? line.key ?? undefined}>
                {nameOf(line)}
              </th>
              <td className="num">
                <Calls spend={spend} line={line}>
                  {line.cost_nanos === 0 && line.unpriced_calls === line.calls ? text.unknown : dollars(line.cost_nanos)}
                </Calls>
              </td>
              <td className="num soft">{share(line.cost_nanos)}</td>
              <td className="num">
                <Calls spend={spend} line={line}>
                  {number(line.calls)}
                </Calls>
              </td>
              <td className="num">
                {line.unpriced_calls > 0 ? (
                  <span className="status bare" data-s="warning">
                    <Icon name="warn" size="s" />
                    {number(line.unpriced_calls)}
                  </span>
                ) : (
                  <span className="soft">–</span>
                )}
              </td>
              <td className="num soft">{number(line.tokens)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Leads to the calls of a group; those without one cannot be asked for. */
function Calls({ spend, line, children }: { spend: Spend; line: Line; children: React.ReactNode }) {
  if (line.key === null) return children;
  return (
    <PlaceLink path="calls" search={callsOf(spend, line)}>
      {children}
    </PlaceLink>
  );
}
