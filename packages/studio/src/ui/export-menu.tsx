import { serverPath } from '../base.ts';
import { useTextOf } from '../text/text.tsx';
import { Icon, type IconName } from './icon.tsx';
import { words } from './list-words.ts';
import { Menu } from './menu.tsx';

/** Kinds of files, as the API writes them. */
const FORMATS = { csv: ['CSV', 'table'], json: ['JSON', 'braces'], jsonl: ['JSON lines', 'rows'] } as const satisfies Record<
  string,
  readonly [string, IconName]
>;
type ExportFormat = keyof typeof FORMATS;

interface ExportMenuProps {
  /** Of the API, below its mount. */
  readonly path: string;
  /** The filters of the list. */
  readonly query: Readonly<Record<string, string | number | boolean | Date | readonly string[] | undefined>>;
  readonly formats?: readonly ExportFormat[];
  /** Whether it stands in a head among buttons, and not above a list. */
  readonly isLarge?: boolean;
}

/** Loads what is filtered as a file, all of it, as it is shown; the browser writes it while it comes. */
export function ExportMenu({ path, query, formats = ['csv', 'json'], isLarge = false }: ExportMenuProps) {
  const text = useTextOf(words);
  const download = (format: ExportFormat) => {
    const parameters = new URLSearchParams({ format });
    for (const [name, value] of Object.entries(query))
      for (const one of Array.isArray(value) ? value : [value])
        if (one !== undefined) parameters.append(name, one instanceof Date ? one.toISOString() : String(one));
    const link = document.createElement('a');
    link.href = serverPath(`${path}?${parameters}`);
    link.download = '';
    link.click();
  };
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className={isLarge ? 'btn' : 'btn small'}>
          <Icon name="download" />
          {text.export}
        </button>
      }
      groups={[
        formats.map((format) => {
          const [name, icon] = FORMATS[format];
          return { label: text.exportAs(name), icon, onSelect: () => download(format) };
        }),
      ]}
    />
  );
}
