import { useQuery } from '@tanstack/react-query';
import type { Words } from 'automate-client';
import { useCallback } from 'react';
import { api } from '../../api.ts';
import { useWords } from '../../text/text.tsx';
import { type IconName, icons } from '../../ui/icons.tsx';

export function useWizards() {
  return useQuery({ queryKey: ['wizards'], queryFn: ({ signal }) => api.wizard.get({}, { signal }), staleTime: 60_000 });
}

/** Words of a feature, in the language of whoever reads. */
export function useSaid(): (words: Words) => string {
  const { language } = useWords();
  return useCallback((words: Words) => words[language] ?? words.en, [language]);
}

export function iconOf(name: string): IconName {
  return Object.hasOwn(icons, name) ? (name as IconName) : 'box';
}
