import { translated } from '../../text/text.tsx';

export const words = translated(
  {
    table: 'Show as a table',
    chart: 'Show as a chart',
    values: (title: string) => `${title}, values`,
    time: 'Time',
    none: 'none',
    partly: 'not counted whole yet',
    hint: 'Arrow keys move from one to the next.',
  },
  {
    table: 'Mostra come tabella',
    chart: 'Mostra come grafico',
    values: (title) => `${title}, valori`,
    time: 'Ora',
    none: 'nessuno',
    partly: 'non ancora contato per intero',
    hint: 'Le frecce passano dall’uno all’altro.',
  },
);
