import { translated } from '../../text/text.tsx';

export const words = translated(
  {
    table: 'Show as a table',
    chart: 'Show as a chart',
    time: 'Time',
    none: 'none',
    partly: 'not counted whole yet',
    hint: 'Arrow keys move from one to the next.',
  },
  {
    table: 'Mostra come tabella',
    chart: 'Mostra come grafico',
    time: 'Ora',
    none: 'nessuno',
    partly: 'non ancora contato per intero',
    hint: 'Le frecce passano dall’uno all’altro.',
  },
);
