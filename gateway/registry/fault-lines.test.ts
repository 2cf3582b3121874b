/** Whoever wrote a registry file of a thousand rows is told the line. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../testing/temp-dir.ts'
import { pathOf, withLines } from './fault-lines.ts'
import { loadRegistry } from './load.ts'

const dir = tempDir('fault-lines')

async function faultsOf(name: string, text: string): Promise<readonly string[]> {
  const file = join(dir, name)
  writeFileSync(file, text)
  const failed: { readonly detail?: { readonly faults?: unknown } } = await loadRegistry(file).then(
    () => ({}),
    error => error
  )
  return String(failed.detail?.faults ?? '').split('\n')
}

const ROWS = `site: { code: linxi, name: 临溪县, centre: 监控中心, timeZone: Asia/Shanghai }
groups: []
subjects:
  - { id: h1, kind: household, name: 陈桂芳, address: 一栋 }

  # twice
  - { id: h1, kind: household, name: 赵淑珍, address: 二栋 }
sources:
  - id: "sip:1"
    subjectId: nobody
    kind: panicPhone
cameras: []
units: []
`

it('a row that is there twice, and one that names nobody', async () => {
  expect(await faultsOf('rows.yaml', ROWS)).toEqual([
    'line 7: subjects: the id h1 is used twice',
    'line 9: sources: sip:1 names the subject nobody, which is not listed'
  ])
})

it('a wrong value with its own line, a missing one with that of its row, in JSON as well', async () => {
  const wrong = ROWS.replace('kind: panicPhone', 'kind: bicycle').replace(', address: 二栋', '')
  const faults = await faultsOf('wrong.yaml', wrong)
  expect(faults.filter(each => each.includes('/sources/0/kind'))[0]).toMatch(/^line 11: /)
  expect(faults.filter(each => each.includes('/subjects/1'))[0]).toMatch(/^line 7: /)
  const json = `{ "site": {"code":"l","name":"l","centre":"l","timeZone":"Asia/Shanghai"},\n"groups": [],\n"subjects": [\n{ "id": 7 }\n],\n"sources": [], "cameras": [], "units": [] }\n`
  expect((await faultsOf('wrong.json', json))[0]).toMatch(/^line 4: \/subjects\/0/)
})

it('what is of no row has no line', () => {
  expect(withLines('a: 1\n', [{ path: [], text: 'x' }])).toEqual(['x'])
  expect(pathOf('/subjects/3/a~1b')).toEqual(['subjects', 3, 'a/b'])
})
