export { maxManifestBytes } from './decode.ts';
export type { ManifestDiagnostic } from './diagnostic.ts';
export { anyOf, didYouMean } from './did-you-mean.ts';
export { examinePolicy } from './examine.ts';
export { type LoadedPolicy, parseManifest } from './load.ts';
export { checkTogether } from './together.ts';
