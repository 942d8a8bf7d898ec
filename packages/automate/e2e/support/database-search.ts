import type { Db } from '../../src/db/index.ts';

/** A value that was found where it must not be. */
export interface Finding {
  readonly what: string;
  readonly table: string;
  readonly form: string;
}

/** Reads every table of every schema of ours and searches each row for each value, in each of its forms. */
export async function searchDatabase(
  db: Db,
  values: ReadonlyMap<string, string>,
): Promise<{ findings: Finding[]; cells: number; tables: string[]; filled: string[] }> {
  const { rows: tables } = await db.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and has_table_privilege(c.oid, 'select') order by 1`,
  );
  const needles = [...values].flatMap(([what, value]) => formsOf(value).map((form) => ({ what, form })));
  const findings: Finding[] = [];
  const filled: string[] = [];
  let cells = 0;
  for (const { name } of tables) {
    const { rows } = await db.query<{ line: string; columns: number }>(
      `select t::text as line, (select count(*) from jsonb_object_keys(to_jsonb(t))) as columns from ${name} t`,
    );
    if (rows.length > 0) filled.push(name);
    for (const { line, columns } of rows) {
      cells += Number(columns);
      // Hexadecimal digits come in either case; for the rest that finds too much at worst.
      const text = line.toLowerCase();
      const hit = new Set<string>();
      for (const { what, form } of needles) {
        if (hit.has(what) || !text.includes(form)) continue;
        hit.add(what);
        findings.push({ what, table: name, form });
      }
    }
  }
  return { findings, cells, tables: tables.map(({ name }) => name), filled };
}

/** A value in clear, escaped, in hexadecimal, and in base64 at any place of a longer text; all in lower case. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, /[\u0080-\u00ff]/.test(value) ? 'latin1' : 'utf8');
  const escaped = JSON.stringify(value).slice(1, -1);
  const forms = [value, escaped, JSON.stringify(escaped).slice(1, -1), encodeURIComponent(value), bytes.toString('hex')];
  for (const before of [0, 1, 2]) {
    // What depends on the bytes around it is left away: three of them make four letters.
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const certain = whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    forms.push(certain, certain.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...new Set(forms.map((form) => form.toLowerCase()))];
}
