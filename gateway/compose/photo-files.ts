/** Files of photos that come from outside, named by what they are: whole and on disk under their name, or not there at all. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../core/ports.ts'
import { exists, publish, storeFailed, writeDurable } from '../media/clip/durable.ts'

/** Under its name only when it is whole and on disk: what a crash left under it is therefore the same picture. */
export async function writeOnce(dir: string, file: string, bytes: Buffer): Promise<void> {
  try {
    if (await exists(dir, file)) return
    const part = file.replace(/\.(\w+)$/, '.part.$1')
    await rm(join(dir, part), { force: true })
    await writeDurable(dir, part, [bytes])
    await publish(dir, part, file)
  } catch (error) {
    throw storeFailed(error)
  }
}

/** Removes what a crash left and nobody names; `isLeft` is asked for each file of the folder. One that cannot be removed stays, and stops nobody. */
export async function removeLeft(
  { dir, log }: { readonly dir: string; readonly log: Log },
  isLeft: (name: string) => boolean | Promise<boolean>
): Promise<readonly string[]> {
  const left: string[] = []
  for (const name of await readdir(dir).catch(() => [])) {
    try {
      if (!(await isLeft(name))) continue
      await rm(join(dir, name), { force: true })
      left.push(name)
    } catch (error) {
      log.warn({ err: error, file: name }, 'what a crash left stays: it cannot be removed')
    }
  }
  return left
}

/** SHA-256 in hex, on a thread of its own: the main thread hashes nothing that long. */
export async function digest(bytes: Buffer): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString('hex')
}
