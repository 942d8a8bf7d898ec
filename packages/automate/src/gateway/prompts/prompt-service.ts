import type { z } from 'zod';
import { type Db, isUniqueViolation, type Queryable } from '../../db/index.ts';
import type { Audit, AuditActor } from '../../governance/index.ts';
import { commonErrors, invalidInput, isUnchanged, newId } from '../../kernel/index.ts';
import { checkContent } from './check-content.ts';
import type { Variant } from './choose-variant.ts';
import { promptErrors } from './errors.ts';
import { inTurn } from './in-turn.ts';
import { countLabels, deleteLabel, findLabel, type LabelRow, labelsOf, putLabel } from './label.store.ts';
import { countChange, deletePrompt, freeSlug, insertPrompt, lockPrompt, type PromptRow, updatePrompt } from './prompt.store.ts';
import type { PromptCache } from './prompt-cache.ts';
import { MAXIMUM_LABELS, type PromptCreate, type PromptLabelPut, type PromptVersionCreate } from './schemas.ts';
import { slugOf } from './slug.ts';
import { existingVersions, insertVersion, type VersionRow } from './version.store.ts';

export interface PromptServiceOptions {
  readonly db: Db;
  readonly audit: Pick<Audit, 'record'>;
  readonly cache: Pick<PromptCache, 'announce'>;
}

type NewVersion = z.output<typeof PromptVersionCreate>;
/** As the client saw it, when it says so. */
type Seen = PromptRow | undefined;

/** Labels that say that somebody vouches for a version: to move them needs the scope `prompts:publish`. */
export const GUARDED_LABELS: readonly string[] = ['approved', 'production'];
/** It follows each new version. */
const DRAFT = 'draft';

/** Changes the prompts of a tenant. */
export class PromptService {
  readonly #options: PromptServiceOptions;
  readonly #actor: AuditActor;

  constructor(options: PromptServiceOptions, actor: AuditActor) {
    this.#options = options;
    this.#actor = actor;
  }

  /** @throws AppError `prompt_slug_taken`, `invalid_input` */
  async create({ name, slug, description, version }: z.output<typeof PromptCreate>, attempts = 5): Promise<string> {
    const id = newId();
    const { tenantId, actor: createdBy } = this.#actor;
    const content = version && (await inTurn(() => checkContent(version, '/version')));
    try {
      await this.#change(async (transaction) => {
        const free = slug ?? (await freeSlug(transaction, slugOf(name)));
        await insertPrompt(transaction, { id, tenantId, slug: free, name, description, createdBy });
        await this.#record(transaction, 'prompt.create', id, { slug: free, name });
        if (content) await this.#addVersion(transaction, { id, latest_version: 0 }, { message: version?.message ?? '', content });
      });
    } catch (error) {
      if (isUniqueViolation(error) && slug === undefined && attempts > 1)
        // Another one took the free slug meanwhile.
        return this.create({ name, slug, description, version }, attempts - 1);
      if (isUniqueViolation(error))
        throw promptErrors.prompt_slug_taken(`Another prompt already has the slug "${slug ?? slugOf(name)}".`);
      throw error;
    }
    return id;
  }

  async update(
    id: string,
    change: { name?: string | undefined; description?: string | undefined },
    seen: Seen,
  ): Promise<PromptRow> {
    return this.#change(async (transaction) => {
      const { name, description } = await this.#lock(transaction, id, seen);
      await this.#record(transaction, 'prompt.update', id, { before: { name, description }, after: change });
      return updatePrompt(transaction, id, change);
    });
  }

  async remove(id: string, seen: Seen): Promise<void> {
    await this.#change(async (transaction) => {
      const { slug } = await this.#lock(transaction, id, seen);
      await deletePrompt(transaction, id);
      await this.#record(transaction, 'prompt.delete', id, { slug });
    });
  }

  /** Stores a version, to which `draft` is moved. @throws AppError `invalid_input` */
  async saveVersion(id: string, { message, ...given }: NewVersion, seen: Seen): Promise<VersionRow> {
    const content = await inTurn(() => checkContent(given));
    return this.#change(async (transaction) =>
      this.#addVersion(transaction, await this.#lock(transaction, id, seen), { message, content }),
    );
  }

  /** @throws AppError `invalid_input` for a version that is not there, `too_many_labels` */
  async putLabel(id: string, name: string, { version, variants, sticky }: PromptLabelPut, seen: Seen): Promise<LabelRow> {
    const wanted: readonly Variant[] = variants ?? [{ version: version as number, weight: 1 }];
    return this.#change(async (transaction) => {
      await this.#lock(transaction, id, seen);
      await this.#requireVersions(transaction, id, wanted, variants !== undefined);
      const before = await findLabel(transaction, id, name);
      if (!before && (await countLabels(transaction, id)) >= MAXIMUM_LABELS)
        throw promptErrors.too_many_labels(`A prompt has ${MAXIMUM_LABELS} labels at most.`);
      const after = { variants: wanted, sticky: sticky ?? null };
      await this.#record(transaction, 'prompt.move_label', id, {
        label: name,
        before: before ? { variants: before.variants, sticky: before.sticky } : null,
        after,
      });
      await updatePrompt(transaction, id, {});
      return putLabel(transaction, { ...this.#row(id), name, ...after, updatedBy: this.#actor.actor });
    });
  }

  /** @throws AppError `prompt_label_not_found` */
  async removeLabel(id: string, name: string, seen: Seen): Promise<void> {
    await this.#change(async (transaction) => {
      await this.#lock(transaction, id, seen);
      const before = await findLabel(transaction, id, name);
      if (!before || !(await deleteLabel(transaction, id, name)))
        throw promptErrors.prompt_label_not_found('The prompt has no such label.');
      await updatePrompt(transaction, id, {});
      await this.#record(transaction, 'prompt.remove_label', id, { label: name, before: { variants: before.variants } });
    });
  }

  labels(id: string): Promise<LabelRow[]> {
    return this.#options.db.asTenant(this.#actor.tenantId, (transaction) => labelsOf(transaction, id));
  }

  async #addVersion(
    transaction: Queryable,
    prompt: Pick<PromptRow, 'id' | 'latest_version'>,
    { message, content }: { message: string; content: ReturnType<typeof checkContent> },
  ): Promise<VersionRow> {
    const version = prompt.latest_version + 1;
    const by = this.#actor.actor;
    const stored = await insertVersion(transaction, { ...this.#row(prompt.id), version, message, createdBy: by, content });
    await updatePrompt(transaction, prompt.id, { latestVersion: version });
    const variants = [{ version, weight: 1 }];
    const hasRoom =
      (await findLabel(transaction, prompt.id, DRAFT)) || (await countLabels(transaction, prompt.id)) < MAXIMUM_LABELS;
    if (hasRoom) await putLabel(transaction, { ...this.#row(prompt.id), name: DRAFT, variants, sticky: null, updatedBy: by });
    await this.#record(transaction, 'prompt.save_version', prompt.id, { version, message });
    return stored;
  }

  async #requireVersions(transaction: Queryable, id: string, wanted: readonly Variant[], isList: boolean): Promise<void> {
    const existing = await existingVersions(
      transaction,
      id,
      wanted.map(({ version }) => version),
    );
    const issues = wanted.flatMap(({ version }, index) => {
      const pointer = isList ? `/variants/${index}/version` : '/version';
      if (!existing.has(version)) return [{ pointer, code: 'not_found', message: 'is no version of the prompt' }];
      const isDoubled = wanted.findIndex((other) => other.version === version) < index;
      return isDoubled ? [{ pointer, code: 'not_unique', message: 'is there already' }] : [];
    });
    if (issues.length > 0) throw invalidInput(issues);
  }

  #row(promptId: string) {
    return { tenantId: this.#actor.tenantId, promptId };
  }

  async #lock(transaction: Queryable, id: string, seen: Seen): Promise<PromptRow> {
    const prompt = await lockPrompt(transaction, id);
    if (!prompt) throw promptErrors.prompt_not_found('The prompt was deleted meanwhile.');
    if (seen && !isUnchanged(seen, { ...prompt }))
      throw commonErrors.precondition_failed('The prompt has been changed meanwhile: get it again.');
    return prompt;
  }

  async #change<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    const { tenantId } = this.#actor;
    const result = await this.#options.db.asTenant(tenantId, async (transaction) => {
      const done = await work(transaction);
      // Last, since changes of one tenant wait for each other from here to their commit.
      await countChange(transaction, tenantId);
      return done;
    });
    await this.#options.cache.announce(tenantId);
    return result;
  }

  #record(transaction: Queryable, action: string, id: string, diff: Record<string, unknown>): Promise<void> {
    return this.#options.audit.record(transaction, { ...this.#actor, action, target: { type: 'prompt', id }, diff });
  }
}
