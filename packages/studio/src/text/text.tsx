import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { keep, kept } from '../kept.ts';
import { type Dictionary, en } from './en.ts';

export const languages = ['en', 'it'] as const;
export type Language = (typeof languages)[number];

interface Words {
  readonly language: Language;
  readonly text: Dictionary;
  choose(language: Language): void;
}

const Context = createContext<Words | undefined>(undefined);

/** English is at hand; another language is loaded when it is chosen, and shown once it is there. */
const loaders: Record<Language, () => Promise<Dictionary>> = {
  en: async () => en,
  it: async () => (await import('./it.ts')).it,
};

export function TextProvider({ children }: { children: ReactNode }) {
  const [words, setWords] = useState<{ language: Language; text: Dictionary }>({ language: 'en', text: en });
  const [wanted, setWanted] = useState<Language>(preferred);
  useEffect(() => {
    let isCurrent = true;
    loaders[wanted]().then((text) => {
      if (!isCurrent) return;
      setWords({ language: wanted, text });
      document.documentElement.lang = wanted;
    });
    return () => {
      isCurrent = false;
    };
  }, [wanted]);
  const value = useMemo<Words>(
    () => ({
      ...words,
      choose(language) {
        keep('language', language);
        setWanted(language);
      },
    }),
    [words],
  );
  return <Context value={value}>{children}</Context>;
}

/** What people chose, else what their browser asks for. */
function preferred(): Language {
  const wishes = [kept('language'), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return languages.find((language) => language === wishes.find((wish) => languages.includes(wish as Language))) ?? 'en';
}

export function useWords(): Words {
  const words = useContext(Context);
  if (!words) throw new Error('no language is provided');
  return words;
}

/** The words of a part of the Studio that brings its own. @param words as {@link translated} gives them */
export function useTextOf<Text>(words: Record<Language, Text>): Text {
  return words[useWords().language];
}

/** The same words in every language, side by side. @example export const words = translated({ title: 'Jobs' }, { title: 'Lavori' }); */
export function translated<Text>(en: Text, it: NoInfer<Text>): Record<Language, Text> {
  return { en, it };
}

export function useText(): Dictionary {
  return useWords().text;
}
