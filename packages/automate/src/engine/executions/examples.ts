/** Bodies as the documentation shows them, by operation. */
export const executionExamples = {
  batch: {
    'Replay what failed': {
      action: 'replay',
      filter: { status: 'failed', created_after: '2030-01-01T00:00:00Z' },
      from: 'failed_step',
      version: 'latest',
    },
    'Cancel by id': { action: 'cancel', filter: { ids: ['01890a5d-ac96-774b-bcce-b302099a8057'] } },
  },
  replay: {
    'All of it': {},
    'From a step, with the newest version': { from_step: 'ticket', version: 'latest' },
    'The failed items of a loop': { failed_items_of: 'each_order' },
  },
  signal: { 'A payment': { name: 'paid', data: { amount: 1_200 } } },
};
