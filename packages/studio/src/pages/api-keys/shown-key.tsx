import { mount } from '../../base.ts';
import { useTextOf } from '../../text/text.tsx';
import { Once } from '../../ui/once.tsx';
import { words } from './words.ts';

/** A key in the moment in which it is made, with a call that shows whether it works. */
export function ShownKey({ value, onDone }: { value: string; onDone(): void }) {
  const text = useTextOf(words);
  const curl = `curl -H 'Authorization: Bearer ${value}' ${location.origin}${mount}api/auth/session/`;
  return <Once label={text.value} value={value} example={{ label: text.curl, value: curl }} onDone={onDone} />;
}
