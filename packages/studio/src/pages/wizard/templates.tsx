import type { Wizard } from 'automate-client';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { iconOf, useSaid } from './use-wizards.ts';
import { words } from './words.ts';

interface TemplatesProps {
  readonly wizard: Wizard;
  readonly chosen: string;
  onChoose(name: string): void;
}

/** What one may begin with; arrows move between them. */
export function Templates({ wizard, chosen, onChoose }: TemplatesProps) {
  const text = useTextOf(words);
  const said = useSaid();
  return (
    <fieldset className="make-templates">
      <legend className="sr">{text.begin}</legend>
      {wizard.templates.map(({ name, title, description, icon }) => (
        <label key={name} className="choice">
          <input type="radio" name="template" value={name} checked={chosen === name} onChange={() => onChoose(name)} />
          <b className="row">
            <Icon name={iconOf(icon)} size="s" />
            {said(title)}
          </b>
          <span className="soft small">{said(description)}</span>
        </label>
      ))}
    </fieldset>
  );
}
