export { automateDecorators, type DecoratorsPlugin } from './decorators.ts';
