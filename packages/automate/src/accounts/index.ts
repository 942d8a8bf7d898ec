export { accounts } from './feature.ts';
export { HomeView } from './pages/views.ts';
export { createMailer } from './people/mail.ts';
