export { accounts } from './feature.ts';
export { HomeView } from './pages/views.ts';
export { createMailer } from './people/mail.ts';
export { CALLBACK_PATH as callbackPath } from './single-sign-on/single-sign-on.ts';
