import type { StepType } from '../../engine/index.ts';
import { llmChat } from './llm-chat/llm-chat.ts';
import { llmEmbed } from './llm-embed.ts';
import { modalRun } from './modal-run.ts';
import { promptRun } from './prompt-run.ts';
import './step-configs.ts';

/** Steps that ask models by the gateway. */
export const modelSteps: readonly StepType[] = [llmChat, llmEmbed, promptRun, modalRun];
