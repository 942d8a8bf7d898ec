import type { DrawnGraph } from './drawn-graph.ts';
import { layOut } from './layout.ts';

self.onmessage = ({ data }: MessageEvent<DrawnGraph>) => self.postMessage(layOut(data));
