/** Something that is recorded. */
export interface AuditAction {
  /** `noun.verb`. @example 'contact.delete' */
  readonly name: string;
  /** @example 'a contact was removed' */
  readonly when: string;
}

declare module '../../platform/index.ts' {
  interface FeatureParts {
    /** What of this feature is recorded: no other action can be. */
    readonly auditActions?: readonly AuditAction[];
  }
}

export const governanceActions: readonly AuditAction[] = [
  { name: 'tenant.create', when: 'a tenant was made; the first entry of its chain' },
  { name: 'tenant.update', when: 'it was renamed' },
  { name: 'member.update', when: 'a member got another role' },
  { name: 'member.remove', when: 'a member was removed' },
  { name: 'api_key.create', when: 'a key was made' },
  { name: 'api_key.update', when: 'a key was renamed' },
  { name: 'api_key.rotate', when: 'a key got a new value' },
  { name: 'api_key.revoke', when: 'a key was revoked, each child too' },
  { name: 'secret.create', when: 'a secret was stored' },
  { name: 'secret.update', when: 'its hosts or description changed' },
  { name: 'secret.rotate', when: 'it got a new value' },
  { name: 'secret.delete', when: 'it was removed' },
  { name: 'master_key.rotate', when: 'a new master key was asked for; the target is the one before' },
  { name: 'policy.update', when: "rules of a tenant's policy were changed, in one of its layers" },
  {
    name: 'payload.view_raw',
    when: 'somebody asked for payloads without redaction; the target is the event, execution or trace',
  },
  { name: 'audit.export', when: 'the record was taken out' },
];

export const accountActions: readonly AuditAction[] = [
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
