/** Removes files of the evidence folder, durably; the names come from our own rows and are checked all the same. */
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface Stuck {
  readonly name: string
  readonly error: string
}

export interface EvidenceFiles {
  /** Missing ones are no error: a crash may have come between file and row. Gives those that could not be removed; they stop no other. With a folder that cannot be opened, all of them. */
  remove(names: readonly string[]): Promise<readonly Stuck[]>
  /** Bundles and working folders of exports that are there, finished or not. */
  exports(): Promise<readonly string[]>
  /** Recordings that are not finished and were last written before `beforeMs`, each with the item it was for. */
  parts(beforeMs: number): Promise<readonly { readonly name: string; readonly itemId: string }[]>
}

/** No separators and no dot in front: what is below the folder and nothing else. */
const NAME = /^[a-z0-9][a-z0-9.-]{0,120}$/

const PART = /^([a-z0-9-]{1,80}?)(?:-preview)?\.part\.mp4$/
const EXPORT = /^export-[a-z0-9.-]{1,100}\.(zip|work)$/

export function createEvidenceFiles(dir: string): EvidenceFiles {
  return {
    async remove(names) {
      const stuck: Stuck[] = []
      for (const name of names) {
        try {
          await removeOne(dir, name)
        } catch (error) {
          stuck.push({ name, error: reasonOf(error) })
        }
      }
      try {
        const folder = await open(dir, 'r')
        await folder.sync().finally(() => folder.close())
      } catch (error) {
        // Nothing is known to be gone for good: all of them are told, and tried again.
        return names.map(name => ({ name, error: reasonOf(error) }))
      }
      return stuck
    },
    exports: async () => (await readdir(dir)).filter(name => EXPORT.test(name)),
    async parts(beforeMs) {
      const found: { name: string; itemId: string }[] = []
      for (const name of await readdir(dir)) {
        const itemId = PART.exec(name)?.[1]
        if (itemId === undefined) continue
        // Finished at this moment: no part any more.
        const writtenMs = await stat(join(dir, name)).then(
          ({ mtimeMs }) => mtimeMs,
          () => Number.POSITIVE_INFINITY
        )
        if (writtenMs < beforeMs) found.push({ name, itemId })
      }
      return found
    }
  }
}

const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

async function removeOne(dir: string, name: string): Promise<void> {
  if (!NAME.test(name)) throw new Error(`no evidence file: ${name.slice(0, 80)}`)
  await rm(join(dir, name), { force: true, recursive: name.endsWith('.work') })
  // The recorder's note of its result goes with the clip.
  if (name.endsWith('.mp4')) await rm(join(dir, name.replace(/\.mp4$/, '.result.json')), { force: true })
}
