/** What is installed is ASCII, since one letter beyond it doubles what the text costs in memory; the words are the same. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { OUTPUT, PLUGINS } from './gateway-build.ts'

test('Chinese words and authors’ names leave the bundle in ASCII, and the words say the same', async () => {
  const dir = tempDir('bundle')
  writeFileSync(
    join(dir, 'words.js'),
    [
      '/*! Jimmy Wärting */',
      'export const word = who => `平安 😀 $' + '{who}`',
      'export const han = /[一-龥]|😀/u'
    ].join('\n')
  )
  const bundle = await rolldown({ input: { words: join(dir, 'words.js') }, plugins: PLUGINS })
  const { output } = await bundle.generate(OUTPUT)
  await bundle.close()
  const { code } = output[0]
  expect(code).toMatch(/^\p{ASCII}*$/u)
  expect(code).toContain('Jimmy Warting')
  const words = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  expect(words.word('网关')).toBe('平安 😀 网关')
  expect(['关', '😀', 'x'].map(text => words.han.test(text))).toEqual([true, true, false])
})
