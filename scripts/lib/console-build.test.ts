/** The console's files are replaced while somebody reads them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runGateway } from '../../gateway/testing/run-gateway.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { replaceFolder } from './console-build.ts'

const write = (folder: string, files: Readonly<Record<string, string>>) => {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
}

it('a build takes the place of the one before, and the fresh folder is gone', () => {
  const [fresh, live] = [join(tempDir('console-fresh'), 'dist'), join(tempDir('console-live'), 'dist')]
  write(live, { 'index.html': 'old', 'assets/a-1.js': 'a', 'assets/same.js': 's', '.sources-sha256': 'x' })
  write(fresh, { 'index.html': 'new', 'assets/b-2.js': 'b', 'assets/same.js': 's' })
  replaceFolder(fresh, live)
  expect(readdirSync(join(live, 'assets')).sort()).toEqual(['b-2.js', 'same.js'])
  expect(readFileSync(join(live, 'index.html'), 'utf8')).toBe('new')
  expect([existsSync(join(live, '.sources-sha256')), existsSync(fresh)]).toEqual([false, false])
})

it('a running gateway serves the new page with all it names, and no hidden file', async () => {
  const [fresh, live] = [join(tempDir('console-fresh-2'), 'dist'), join(tempDir('console-live-2'), 'dist')]
  write(live, { 'index.html': 'old', 'assets/a-1.js': 'a' })
  const gateway = await runGateway({ dir: tempDir('console-gateway'), adapters: [], consoleDir: live })
  try {
    const read = async (path: string) => (await fetch(`${gateway.url}${path}`)).text()
    expect([await read('/'), await read('/assets/a-1.js')]).toEqual(['old', 'a'])
    write(fresh, { 'index.html': 'new', 'assets/b-2.js': 'b', '.sources-sha256': 'x' })
    replaceFolder(fresh, live)
    expect([await read('/'), await read('/wall'), await read('/assets/b-2.js')]).toEqual(['new', 'new', 'b'])
    for (const path of ['/assets/a-1.js', '/.sources-sha256', '/nothing', '/%2e%2e/gateway.ts'])
      expect((await fetch(`${gateway.url}${path}`)).status, path).toBe(404)
  } finally {
    await gateway.stop()
  }
})
