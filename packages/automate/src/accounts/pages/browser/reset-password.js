// Chooses a new password by a link.
import { call } from './api.js';
import { show } from './dom.js';
import { enableReveal, onSubmit, refuse } from './form.js';
import { enableLinks, takeFragment } from './journey.js';

const token = takeFragment().get('token');

enableLinks();
enableReveal();
onSubmit('reset-form', async ({ password = '' }) => {
  const answer = await call('POST', 'api/auth/reset-password/', { token, password });
  if (answer.ok) return show('changed');
  const isToken = answer.problem.errors?.every(({ pointer }) => pointer === '/token') ?? false;
  if (isToken) return show('invalid');
  refuse('reset-form', answer);
});
show(token === null ? 'invalid' : 'reset');
