import type { ErrorCode } from '../api/error-codes.ts';

/** Codes of what can be wrong with a manifest: GP10xx are errors, the policy of that document is not used; GP11xx are warnings. */
export type ManifestCode = Extract<ErrorCode, `GP10${string}` | `GP11${string}`>;
