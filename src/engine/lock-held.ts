import type { LockHolder } from '../core/ports/journal.ts';
import { CodedError } from '../runtime/errors.ts';
