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
  { name: 'record.create', when: 'a row of a model was made, whose viewset is an `AuditedMixin`; the target is the row' },
  { name: 'record.update', when: 'such a row was changed' },
  { name: 'record.delete', when: 'such a row was removed' },
  { name: 'audit.export', when: 'the record was taken out' },
];
