import { useTextOf } from '../../text/text.tsx';
import { TextField } from '../../ui/field.tsx';
import { words } from './words.ts';

/** Hosts, one a line. */
export function hostsIn(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

export function HostsField({
  value,
  error,
  onChange,
}: {
  value: string;
  error: string | undefined;
  onChange(value: string): void;
}) {
  const text = useTextOf(words);
  const hint = hostsIn(value).length === 0 ? `${text.hostsHint} ${text.noHosts}` : text.hostsHint;
  return <TextField label={text.hosts} hint={hint} isMono rows={3} value={value} error={error} onChange={onChange} />;
}
