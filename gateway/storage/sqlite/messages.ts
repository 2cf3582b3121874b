/** What main thread and storage thread say to each other. */
import type { Reads } from './reads.ts'

/** Operations that run inside the shared transaction; each is undone alone when it fails. */
export type WriteName = 'append' | 'commit' | 'saveUser' | 'saveSession' | 'deleteSession' | 'saveCredential' | 'prune'
export type ReadName = keyof Reads | 'probe' | 'close'

export interface Request {
  readonly id: number
  readonly name: WriteName | ReadName
  readonly args: readonly unknown[]
}

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly code: string; readonly message: string }

export const WRITE_NAMES: ReadonlySet<string> = new Set<WriteName>([
  'append',
  'commit',
  'saveUser',
  'saveSession',
  'deleteSession',
  'saveCredential',
  'prune'
])

export interface ThreadData {
  readonly dir: string
  readonly maxPages?: number
}
