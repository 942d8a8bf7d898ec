import { languages, useTextOf, useWords } from '../../text/text.tsx';
import { densities, setLook, themes, useLook } from '../../theme.ts';
import { SelectField } from '../../ui/field.tsx';
import { Card } from './card.tsx';
import { words } from './words.ts';

const LANGUAGES = { en: 'English', it: 'Italiano' } as const;

/** How it looks, and in which language. */
export function LookCard() {
  const text = useTextOf(words);
  const { language, choose } = useWords();
  const { theme, density, isContrast } = useLook();
  return (
    <Card name="look" title={text.look}>
      <SelectField
        label={text.language}
        value={language}
        options={languages.map((each) => [each, LANGUAGES[each]] as const)}
        onChange={choose}
      />
      <SelectField
        label={text.theme}
        value={theme}
        options={themes.map((each) => [each, text.themes[each]] as const)}
        onChange={(next) => setLook({ theme: next })}
      />
      <SelectField
        label={text.density}
        value={density}
        options={densities.map((each) => [each, text.densities[each]] as const)}
        onChange={(next) => setLook({ density: next })}
      />
      <label className="check">
        <input type="checkbox" checked={isContrast} onChange={({ target }) => setLook({ isContrast: target.checked })} />
        {text.contrast}
      </label>
      <p className="hint">{text.lookNote}</p>
    </Card>
  );
}
