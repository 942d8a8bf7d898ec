import { z } from 'zod';
import { hasWorkflows, type WorkflowInput, WorkflowService } from '../../engine/index.ts';
import { ensureTenant } from '../../governance/index.ts';
import { AppError } from '../../kernel/index.ts';
import { defineFeature, setting } from '../../platform/index.ts';
import { sampleEvent, sampleWorkflow } from '../sample/workflow.ts';

/** A first automation to try, where the tenant `default` has none. */
export const sample = defineFeature({
  name: 'sample',
  needs: ['workflows', 'audit'],
  provides: ['sample'],
  settings: z.object({
    isWanted: setting.flag({ default: true }).meta({
      variable: 'AUTOMATE_SAMPLE',
      description: 'makes the sample automation when the tenant `default` has no workflow',
    }),
  }),
  create({ db, services: { workflows, audit }, settings }) {
    return {
      services: { sample: { workflow: sampleWorkflow, event: sampleEvent } },
      async prepare() {
        if (!settings.isWanted) return;
        const { id: tenantId } = await ensureTenant({ db, audit }, 'default', 'Default');
        if (await hasWorkflows(db, tenantId)) return;
        const actor = { tenantId, id: 'system', mayPublish: true };
        await new WorkflowService(workflows).create(actor, sampleWorkflow as WorkflowInput).catch((error: unknown) => {
          // Another process that starts at the same moment was faster.
          if (!AppError.is(error) || error.code !== 'slug_taken') throw error;
        });
      },
    };
  },
});
