import type { AuditAction } from '../governance/index.ts';

/** What is recorded of people. */
export const accountActions: readonly AuditAction[] = [
  { name: 'tenant.update', when: 'a tenant was renamed' },
  { name: 'member.update', when: 'a member got another role' },
  { name: 'member.remove', when: 'a member was removed' },
  { name: 'invitation.create', when: 'somebody was invited' },
  { name: 'invitation.revoke', when: 'an invitation was taken back' },
  { name: 'invitation.accept', when: 'an invitation was accepted' },
  { name: 'user.create', when: 'a user was made, or the first owner set up' },
  { name: 'user.update', when: 'a user was renamed, disabled, enabled, made staff or not' },
  { name: 'user.reset', when: 'staff made a link to choose a password' },
  { name: 'session.sign_in', when: 'somebody signed in' },
  { name: 'session.sign_in_failed', when: 'somebody tried to, with the address of an account, a link or a provider' },
  { name: 'user.link', when: 'an account was linked with a person at a provider' },
  { name: 'user.clear', when: 'what others could have put into an account was taken from it, since its owner came' },
  { name: 'session.sign_out', when: 'somebody signed out' },
  { name: 'session.end', when: 'somebody ended one of their sessions' },
  { name: 'password.change', when: 'a password was changed' },
  { name: 'password.reset', when: 'a password was chosen by a link' },
  { name: 'two_factor.enable', when: 'a second factor was confirmed' },
  { name: 'two_factor.disable', when: 'it was given up' },
];
