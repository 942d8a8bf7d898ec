// Makes the first owner.
import { call } from './api.js';
import { byId, show } from './dom.js';
import { alertIn, enableReveal, onSubmit, refuse } from './form.js';
import { destination, enableLinks, goOn, needsSetup, takeFragment } from './journey.js';

const token = takeFragment().get('token');

enableLinks();
enableReveal();
onSubmit('setup-form', async ({ name = '', email = '', password = '' }) => {
  const answer = await call('POST', 'api/auth/setup/', { token, name: name.trim(), email: email.trim(), password });
  if (!answer.ok) {
    const isToken = answer.problem.errors?.every(({ pointer }) => pointer === '/token') ?? false;
    if (isToken) return show('no-token');
    return refuse('setup-form', answer);
  }
  const reason = await goOn(destination());
  if (reason !== undefined) alertIn(byId('setup-form'), reason);
});
show(!needsSetup ? 'done' : token === null ? 'no-token' : 'setup');
