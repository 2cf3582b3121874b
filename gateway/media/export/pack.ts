/** Packs the bundle: a zip64 written as a stream, stored and not squeezed (video does not shrink), hashed on the way, its name last. */
import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ZipFile } from 'yazl'
import type { BundleText } from '../../core/export-plan.ts'
import { publish } from '../clip/durable.ts'
import { checkAbort, type ExportBench } from './bench.ts'
import type { SourceFile } from './sources.ts'

/** Letters, digits, dots and dashes in at most four folders: unpacked, nothing lands elsewhere, on any system. */
const ENTRY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}(\/[A-Za-z0-9][A-Za-z0-9._-]{0,119}){0,3}$/

/** The texts come first, so that a bundle cut short still says what it was. */
export async function pack(
  bench: ExportBench,
  files: readonly SourceFile[],
  texts: readonly BundleText[]
): Promise<{ readonly file: string; readonly bytes: number; readonly sha256: string }> {
  const file = `${bench.plan.id}.zip`
  const unfinished = join(basename(bench.workDir), 'bundle.zip')
  const total = files.reduce((sum, each) => sum + each.bytes, 0)
  const zip = zipOf(files, texts)
  const hash = createHash('sha256')
  let bytes = 0
  const handle = await open(join(bench.settings.evidenceDir, unfinished), 'wx', 0o640)
  try {
    for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) {
      checkAbort(bench.abort)
      hash.update(chunk)
      bytes += chunk.length
      await handle.writeFile(chunk)
      bench.progress('pack', bytes / Math.max(1, total))
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  checkAbort(bench.abort)
  // A start before this one may have come as far as the name.
  await rm(join(bench.settings.evidenceDir, file), { force: true })
  await publish(bench.settings.evidenceDir, unfinished, file)
  return { file, bytes, sha256: hash.digest('hex') }
}

function zipOf(files: readonly SourceFile[], texts: readonly BundleText[]): ZipFile {
  const zip = new ZipFile()
  const seen = new Set<string>()
  const add = (entry: string, put: () => void): void => {
    if (!ENTRY.test(entry) || seen.has(entry)) throw new Error(`no entry for a bundle: ${entry.slice(0, 80)}`)
    seen.add(entry)
    put()
  }
  for (const { entry, text } of texts) add(entry, () => zip.addBuffer(Buffer.from(text), entry, { mode: 0o100_644 }))
  for (const { entry, path, toMs } of files)
    add(entry, () => zip.addFile(path, entry, { compress: false, mode: 0o100_644, mtime: new Date(toMs) }))
  zip.end()
  return zip
}
