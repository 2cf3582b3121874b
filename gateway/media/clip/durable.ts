/** Files that are there after a power cut: created exclusively, written, synced, and their folder synced. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, type FileHandle, link, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../../core/errors.ts'

/** Readable by the group, for a backup program; never by others. */
const FILE_MODE = 0o640

/** `ax`: every write goes to its end, wherever that is by then. */
export async function createExclusive(dir: string, file: string, flags: 'wx' | 'ax' = 'wx'): Promise<FileHandle> {
  const handle = await open(join(dir, file), flags, FILE_MODE)
  // Whatever the process's umask says.
  await handle.chmod(FILE_MODE)
  return handle
}

const syncing = new Map<string, { readonly running: Promise<void>; next?: Promise<void> }>()

/** What was created, linked or removed in the folder so far stays. Callers that come while a sync runs share the one after it. */
export function syncFolder(dir: string): Promise<void> {
  const now = syncing.get(dir)
  if (now) {
    now.next ??= now.running.catch(() => undefined).then(() => startSync(dir))
    return now.next
  }
  return startSync(dir)
}

function startSync(dir: string): Promise<void> {
  const entry = { running: syncOnce(dir).finally(() => syncing.get(dir) === entry && syncing.delete(dir)) }
  syncing.set(dir, entry)
  return entry.running
}

async function syncOnce(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A whole new file, durable when this resolves; refuses to replace one. */
export async function writeDurable(dir: string, file: string, parts: readonly Buffer[]): Promise<void> {
  const handle = await createExclusive(dir, file)
  try {
    await writeAll(handle, parts)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await syncFolder(dir)
}

/** writev, until everything is written. */
export async function writeAll(handle: FileHandle, parts: readonly Buffer[]): Promise<void> {
  for (let left = [...parts]; left.length > 0; ) {
    const { bytesWritten } = await handle.writev(left)
    left = behind(left, bytesWritten)
  }
}

function behind(parts: readonly Buffer[], bytes: number): Buffer[] {
  let skip = bytes
  return parts.flatMap(part => {
    const cut = Math.min(skip, part.length)
    skip -= cut
    return cut === part.length ? [] : [part.subarray(cut)]
  })
}

/** Gives a synced file its final name, durably; a link, since a rename would replace evidence that is there already. */
export async function publish(dir: string, from: string, to: string): Promise<void> {
  await link(join(dir, from), join(dir, to))
  await unlink(join(dir, from))
  await syncFolder(dir)
}

export async function exists(dir: string, file: string): Promise<boolean> {
  return access(join(dir, file)).then(
    () => true,
    () => false
  )
}

/** SHA-256 in hex and size of a file on disk. */
export async function digestFile(
  dir: string,
  file: string
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(join(dir, file), { highWaterMark: 512 * 1024 })) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { sha256: hash.digest('hex'), bytes }
}

/** No room, or none for this user. */
export const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes(String((error as { code?: unknown } | undefined)?.code))

/** A file-system fault as an error of the catalogue. */
export function storeFailed(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return new GatewayError('STORE_FAILED', { cause: code }, { cause: error })
}
