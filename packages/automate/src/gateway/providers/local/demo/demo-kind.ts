import { defineProviderKind } from '../../provider-kind.ts';
import { requireModel } from '../own-model.ts';
import { createDemoChat } from './demo-chat.ts';
import { createDemoImage } from './demo-image.ts';
import { DemoConfig } from './demo-rules.ts';

const MODEL = 'demo';

/** A scripted model: the same question has the same answer, and each says that it is a demo. */
export const demoKind = defineProviderKind({
  kind: 'demo',
  title: 'Demo',
  description:
    'A scripted model without a key, to try things with: it answers by rules, calls tools, fits schemas, and draws labelled pictures.',
  config: DemoConfig,
  key: 'none',
  tasks: ['llm.chat', 'image.text2img'],
  priceBook: 'free',
  create: ({ config }) => ({
    chat(model) {
      requireModel(model, [MODEL]);
      return createDemoChat(model, config);
    },
    image(model) {
      requireModel(model, [MODEL]);
      return createDemoImage(model);
    },
    listModels: async () => [
      { id: MODEL, task: 'llm.chat' },
      { id: MODEL, task: 'image.text2img' },
    ],
  }),
});
