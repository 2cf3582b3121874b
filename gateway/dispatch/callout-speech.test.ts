/** What neighbours are told, and that every piece of it lies on disk with its words. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import { calloutSpeech, confirmationSpeech, spokenPlace } from './callout-speech.ts'

const PROMPTS = join(import.meta.dirname, '../../adapters/sip/prompts')

test.each([
  ['文昌街 34 号 1 栋 2 单元 101', '3 4 hao 1 dong 2 danyuan 1 0 1'],
  ['杏花巷 16 号', '1 6 hao'],
  ['学府路小区 7 幢 3 层', '7 dong 3 ceng'],
  ['河边木屋', ''],
  ['', '']
])('%s', (address, spoken) => {
  expect(
    spokenPlace(address)
      .map(piece => piece.replace(/^(?:digit|word)-|\.zh$/g, ''))
      .join(' ')
  ).toBe(spoken)
})

test('a house number of a thousand digits is cut', () => {
  expect(spokenPlace('1'.repeat(1_000))).toHaveLength(24)
})

test('every piece that can be spoken is shipped, with its text', () => {
  const subject = {
    id: id<'SubjectId'>('h') as never,
    kind: 'household' as const,
    name: '',
    address: '0123456789 号 1 栋 1 幢 1 单元 1 室 1 楼 1 层'
  }
  const names = [
    ...(['help', 'guard'] as const).flatMap(message => calloutSpeech(subject, message).pieces),
    ...(['going', 'cannot', 'warned', 'enough'] as const).flatMap(said => confirmationSpeech(said).pieces)
  ].flatMap(piece => (piece.name.startsWith('household-') ? (piece.otherwise ?? []) : [piece.name]))
  for (const name of new Set(names)) {
    expect(existsSync(join(PROMPTS, `${name}.alaw`)), name).toBe(true)
    expect(readFileSync(join(PROMPTS, `${name}.txt`), 'utf8').trim().length, name).toBeGreaterThan(0)
  }
})
