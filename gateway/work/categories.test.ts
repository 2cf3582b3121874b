/** The table of categories: the shipped one is whole, the sample file repeats it, a file's faults are all told. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DISPOSITIONS, NATURES } from '../core/incident.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { faultsOf, loadCategories } from './categories.ts'
import { SHIPPED_CATEGORIES } from './shipped-categories.ts'

test('config/categories.yaml is the shipped table', async () => {
  const sample = await loadCategories(fileURLToPath(new URL('../../config/categories.yaml', import.meta.url)))
  expect(sample.rows).toEqual(SHIPPED_CATEGORIES)
})

test('the shipped table has no fault, a key for every nature in its order, and a place for all that was no case', async () => {
  expect(faultsOf(SHIPPED_CATEGORIES)).toEqual([])
  const table = await loadCategories('')
  expect(NATURES.map(nature => table.forNature(nature)?.code)).toEqual(NATURES.map((_, n) => `${n + 1}`))
  const filed = DISPOSITIONS.filter(each => table.forDisposition(each) !== undefined)
  expect(filed).toEqual(DISPOSITIONS.filter(each => !each.startsWith('real')))
  expect(table.of('911')).toEqual({
    code: '911',
    zh: '其他 · 误报 · 误触',
    en: 'Other · False alarm · Pressed by mistake'
  })
  expect([table.of('999'), table.natureOf('212')]).toEqual([undefined, 'violence'])
})

test('every fault of a file is told at once', async () => {
  const file = join(tempDir('categories'), 'own.yaml')
  const faults = (text: string) => {
    writeFileSync(file, text)
    return loadCategories(file).then(
      () => [],
      error => String(error.detail.faults).split('\n')
    )
  }
  const shape = await faults("- { code: '0', zh: 零, en: zero }\n- { code: '1', zh: '', en: one, more: 1 }")
  expect(shape.map(fault => fault.split(':')[0])).toEqual(expect.arrayContaining(['/0/code', '/1/zh', '/1']))
  expect(
    await faults(`- { code: '1', zh: 一, en: one, nature: medical, dispositions: [test] }
- { code: '1', zh: 一, en: one, nature: medical, dispositions: [test] }
- { code: '23', zh: 二, en: two }
- { code: '11', zh: 二, en: two, nature: fire }`)
  ).toEqual([
    '1 stands twice',
    '23 has no parent 2',
    '11: one digit has a nature, and nothing else has',
    'test is filed under two rows'
  ])
  expect((await faults('['))[0]).toContain('cannot be read')
  writeFileSync(file, "- { code: '7', zh: 纠纷, en: Dispute, nature: dispute }")
  expect((await loadCategories(file)).of('7')).toEqual({ code: '7', zh: '纠纷', en: 'Dispute' })
})
