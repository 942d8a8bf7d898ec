import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { compileTemplate } from './templates.ts';

const ISO = '%Y-%m-%dT%H:%M:%S%z';
/** Template over `at`, its value, and what comes out wherever the machine is. */
const cases: [template: string, at: unknown, expected: string][] = [
  ...['2024-03-10T02:00:00Z', '2024-03-10T06:30:00Z', '2024-11-03T05:30:00Z', '2024-03-31T01:30:00Z', '2024-03-31T02:30:00Z'].map(
    (at): [string, unknown, string] => [`{{ at | date: "${ISO}" }}`, at, at.replace('Z', '+0000')],
  ),
  [`{{ at | date: "${ISO}", "Asia/Tokyo" }}`, '2024-03-09T17:30:00Z', '2024-03-10T02:30:00+0900'],
  [`{{ at | date: "${ISO} %Z", "America/New_York" }}`, '2024-03-10T06:59:59Z', '2024-03-10T01:59:59-0500 America/New_York'],
  [`{{ at | date: "${ISO}", "America/New_York" }}`, '2024-03-10T07:00:00Z', '2024-03-10T03:00:00-0400'],
  [`{{ at | date: "${ISO}", "Asia/Kathmandu" }}`, '2024-01-01T00:00:00Z', '2024-01-01T05:45:00+0545'],
  [`{{ at | date: "${ISO}", "+05:30" }}`, '2024-01-01T00:00:00Z', '2024-01-01T05:30:00+0530'],
  [`{{ at | date: "${ISO}", 360 }}`, '2024-01-01T00:00:00Z', '2023-12-31T18:00:00-0600'],
  [`{{ at | date: "${ISO}" }}`, '2024-03-10T02:30:00', '2024-03-10T02:30:00+0000'],
  [`{{ at | date: "${ISO}" }}`, '2024-03-10 02:30', '2024-03-10T02:30:00+0000'],
  [`{{ at | date: "${ISO}" }}`, '2024-03-10', '2024-03-10T00:00:00+0000'],
  [`{{ at | date: "${ISO}" }}`, '2024-03', '2024-03-01T00:00:00+0000'],
  [`{{ at | date: "${ISO}" }}`, '2024-03-10T02:30:00+02:00', '2024-03-10T00:30:00+0000'],
  [`{{ at | date: "${ISO}" }}`, 'March 10, 2024', '2024-03-10T00:00:00+0000'],
  [`{{ at | date: "${ISO}" }}`, 'Mar 10, 2024 2:30 PM', '2024-03-10T14:30:00+0000'],
  [`{{ at | date: "${ISO}" }}`, 'Sun, 10 Mar 2024 02:30:00 GMT', '2024-03-10T02:30:00+0000'],
  [`{{ at | date: "${ISO}" }}`, 'Sun, 10 Mar 2024 02:30:00 -0500', '2024-03-10T07:30:00+0000'],
  [`{{ at | date: "${ISO}" }}`, 'Sun, 10 Mar 2024 02:30:00 PST', '2024-03-10T10:30:00+0000'],
  [`{{ at | date: "${ISO}" }}`, 'Sun Mar 10 2024 02:30:00 GMT+0100 (Central European Standard Time)', '2024-03-10T01:30:00+0000'],
  [`{{ at | date: "${ISO}" }}`, '3/10/2024', '2024-03-10T00:00:00+0000'],
  [`{{ at | date: "${ISO}" }}`, 1_710_037_800, '2024-03-10T02:30:00+0000'],
  [`{{ at | date: "${ISO}" }}`, '1710037800', '2024-03-10T02:30:00+0000'],
  [`{{ at | date: "${ISO}" }}`, '2024-02-29', '2024-02-29T00:00:00+0000'],
  ['{{ at | date: "%s" }}', '2024-03-10T02:30:00', '1710037800'],
  ['{{ at | date: "%s", "Asia/Tokyo" }}', '2024-03-10T02:30:00Z', '1710037800'],
  ['{{ at | date }}', '2024-03-10T02:30:00Z', 'Sunday, March 10, 2024 at 2:30 am +0000'],
  ['{{ at | date: "%c|%x|%X" }}', '2024-03-10T14:30:00Z', '3/10/2024, 2:30:00 PM|3/10/2024|2:30:00 PM'],
  [
    '{{ at | date: "%a %A %b %B %C %d %e %h %H %I %j %k %l %L %m %M" }}',
    '2024-03-05T04:06:07.008Z',
    'Tue Tuesday Mar March 20 05  5 Mar 04 04 065  4  4 008 03 06',
  ],
  [
    '{{ at | date: "%N %3N %p %P %q %S %u %U %w %W %y %Y %z %:z %t%n%%|%D" }}',
    '2024-03-05T04:06:07.008Z',
    '008000000 008 AM am th 07 2 09 2 10 24 2024 +0000 +00:00 \t\n%|%D',
  ],
  ['{{ at | date: "%-d %_d %^a %#p %05d %-I" }}', '2024-03-05T04:06:07Z', '5  5 TUE am 00005 4'],
  ['{{ at | date_to_xmlschema }}', '2024-03-10T02:30:00', '2024-03-10T02:30:00+00:00'],
  ['{{ at | date_to_rfc822 }}', '2024-03-10T02:30:00', 'Sun, 10 Mar 2024 02:30:00 +0000'],
  ['{{ at | date_to_string }}', '2024-03-10T02:30:00', '10 Mar 2024'],
  ['{{ at | date_to_string: "ordinal", "US" }}', '2024-03-01T02:30:00', 'Mar 1st, 2024'],
  ['{{ at | date_to_long_string: "ordinal" }}', '2024-03-22T02:30:00', '22nd March 2024'],
  ['{{ at | date_to_long_string }}', '2024-03-10T02:30:00', '10 March 2024'],
  // What is no date stays what it is.
  ...[
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '2024-03-10T25:00:00',
    'February 30, 2024',
    'soon',
    '5 apples',
    '',
    '2024-03-10T02:30:00+25:00',
  ].map((at): [string, unknown, string] => [`{{ at | date: "${ISO}" }}`, at, at]),
];

function render(template: string, at: unknown): string {
  return compileTemplate(template).render({ at } as never);
}

describe('dates in templates', () => {
  it.each(cases)('%s of %j is %j', (template, at, expected) => {
    expect(render(template, at)).toBe(expected);
  });

  it.each(['America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Europe/London', 'Australia/Lord_Howe'])(
    'are the same on a machine in %s',
    (zone) => {
      const url = new URL('./templates.ts', import.meta.url).href;
      const code = `import { compileTemplate } from ${JSON.stringify(url)};
        const cases = ${JSON.stringify(cases)};
        const now = compileTemplate('{{ "now" | date: "%s %Y-%m-%dT%H:%M" }}').render({}).split(' ');
        const text = new Date(Number(now[0]) * 1000).toISOString().slice(0, 16);
        console.log(JSON.stringify({
          zone: new Date(2024, 6, 1).getTimezoneOffset(),
          isNow: text === now[1],
          results: cases.map(([template, at]) => compileTemplate(template).render({ at })),
        }));`;
      const output = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
        env: { ...process.env, TZ: zone },
        encoding: 'utf8',
      });
      const told = JSON.parse(output) as { zone: number; isNow: boolean; results: string[] };
      expect(told.zone).not.toBe(0);
      expect(told.isNow).toBe(true);
      expect(told.results).toEqual(cases.map(([, , expected]) => expected));
    },
  );

  it('refuses a zone that is not known', () => {
    for (const zone of ['"Mars/Olympus"', '99999', '"../etc/passwd"', '1.5'])
      expect(() => render(`{{ at | date: "%Y", ${zone} }}`, '2024-03-10')).toThrow(
        expect.objectContaining({ code: 'template_failed', message: expect.stringContaining('zone') }),
      );
  });

  it('reads hostile texts in linear time', () => {
    const start = performance.now();
    for (const at of [
      '1'.repeat(1_000_000),
      ' '.repeat(1_000_000),
      `Jan ${' '.repeat(500_000)}`,
      '2024-03-10T02:30:00 (('.repeat(50_000),
    ])
      render('{{ at | date: "%Y" | size }}', at);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
