import { translated } from '../../text/text.tsx';

const en = (count: number) => count.toLocaleString('en');
const it = (count: number) => count.toLocaleString('it');

export const words = translated(
  {
    title: 'Dead letters',
    label: 'Dead letters by their reason, the most first',
    note: 'Jobs that failed for good. They stay here until somebody tries them again.',
    all: 'All',
    executions: 'Executions',
    filter: 'Filter dead letters',
    kind: 'Kind',
    reason: 'Reason',
    count: 'How many',
    first: 'First',
    last: 'Last',
    actions: 'Actions',
    show: (kind: string, code: string) => `Show the jobs: ${kind}, ${code}`,
    redrive: 'Redrive',
    redriveThese: (count: number, code: string) => `Redrive ${en(count)}: ${code}`,
    redriveTitle: (count: number) => (count === 1 ? 'Redrive 1 dead letter' : `Redrive ${en(count)} dead letters`),
    redriveNote:
      'Each goes on behind what it has stored, under the same id, with its attempts counted anew. If the reason still holds, it comes back here.',
    partial: 'There are more than 10,000. The newest are counted.',
    empty: 'No dead letters',
    emptyNote: 'What fails for good shows here, by its reason.',
  },
  {
    title: 'Lavori falliti',
    label: 'Lavori falliti per motivo, dai più numerosi',
    note: 'Lavori falliti in modo definitivo. Restano qui finché qualcuno li riprende.',
    all: 'Tutti',
    executions: 'Esecuzioni',
    filter: 'Filtra i lavori falliti',
    kind: 'Tipo',
    reason: 'Motivo',
    count: 'Quanti',
    first: 'Primo',
    last: 'Ultimo',
    actions: 'Azioni',
    show: (kind, code) => `Mostra i lavori: ${kind}, ${code}`,
    redrive: 'Riprendi',
    redriveThese: (count, code) => `Riprendi ${it(count)}: ${code}`,
    redriveTitle: (count) => (count === 1 ? 'Riprendi 1 lavoro fallito' : `Riprendi ${it(count)} lavori falliti`),
    redriveNote:
      'Ognuno continua dopo ciò che ha salvato, con lo stesso id e i tentativi contati da capo. Se il motivo vale ancora, torna qui.',
    partial: 'Sono più di 10.000. Vengono contati i più recenti.',
    empty: 'Nessun lavoro fallito',
    emptyNote: 'Ciò che fallisce in modo definitivo compare qui, per motivo.',
  },
);
