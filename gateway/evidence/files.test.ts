/** Removing evidence files: what stays is told by its name, also where the folder itself is away. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDir } from '../testing/temp-dir.ts'
import { createEvidenceFiles } from './files.ts'

test('one that cannot be removed is told and stops no other; a folder that is away keeps all of them', async () => {
  const dir = join(tempDir('files'), 'evidence')
  mkdirSync(join(dir, 'stuck.jpg'), { recursive: true })
  writeFileSync(join(dir, 'gone.jpg'), 'x')
  const files = createEvidenceFiles(dir)
  expect((await files.remove(['stuck.jpg', 'gone.jpg'])).map(each => each.name)).toEqual(['stuck.jpg'])
  expect(existsSync(join(dir, 'gone.jpg'))).toBe(false)
  renameSync(dir, `${dir}-away`)
  expect(await files.remove(['a.jpg', 'b.jpg'])).toEqual(['a.jpg', 'b.jpg'].map(name => ({ name, error: 'ENOENT' })))
})
