export { createPrivacy } from './privacy.ts';
export { createReveal } from './reveal.ts';
