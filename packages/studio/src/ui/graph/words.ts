import { translated } from '../../text/text.tsx';

export const words = translated(
  {
    canvas: 'Graph',
    outline: 'Outline',
    view: 'How the graph is shown',
    keys: 'Arrows move between steps, Enter opens one.',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Fit to the window',
    map: 'Overview of the graph',
    error: 'on error',
    goesTo: (names: string) => `then ${names}`,
    leadsTo: (name: string, condition: string | undefined) => (condition ? `${name} if ${condition}` : name),
    drawing: 'The graph is being laid out',
    empty: 'No steps yet',
  },
  {
    canvas: 'Grafico',
    outline: 'Struttura',
    view: 'Come si mostra il grafico',
    keys: 'Le frecce passano da un passo all’altro, Invio ne apre uno.',
    zoomIn: 'Ingrandisci',
    zoomOut: 'Riduci',
    fit: 'Adatta alla finestra',
    map: 'Panoramica del grafico',
    error: 'in caso di errore',
    goesTo: (names: string) => `poi ${names}`,
    leadsTo: (name: string, condition: string | undefined) => (condition ? `${name} se ${condition}` : name),
    drawing: 'Il grafico viene disposto',
    empty: 'Ancora nessun passo',
  },
);
