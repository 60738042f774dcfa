export { createPrivacy } from './privacy.ts';
export type { PrivacyKey } from './privacy-keys.ts';
export { createReveal } from './reveal.ts';
export type { Reveal, RevealProblem } from './reveal.ts';
