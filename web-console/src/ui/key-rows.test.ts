/** Each page's keys stand in one table: what is bound is what the overlay shows, under the cap that is printed on the key, in both languages. */
import { describe, expect, it } from 'vitest'
import * as en from '../i18n/en/index.ts'
import * as zh from '../i18n/zh/index.ts'
import { ALL_KEYS, KEY_GROUPS } from '../views/floor/key-table.ts'
import { commandOf } from '../views/floor/keys.ts'
import { PLAYBACK_KEYS } from '../views/playback/key-table.ts'
import { WALL_KEYS } from '../views/wall/key-table.ts'
import { bindings, type KeyRow } from './key-rows.ts'

type Words = { readonly [key: string]: string | Words }

const CAPS: Readonly<Record<string, string>> = {
  ...{ ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Enter: '↵', NumpadEnter: '↵' },
  ...{ Slash: '/', Backspace: '⌫', Delete: 'Del', Escape: 'Esc', Comma: ',', Period: '.' },
  ...{ Minus: '−', NumpadSubtract: '−', Equal: '+', NumpadAdd: '+', BracketLeft: '[', BracketRight: ']' },
  ...{ PageUp: 'PgUp', PageDown: 'PgDn', Numpad0: '0' }
}
const capOf = (code: string) => CAPS[code] ?? code.replace(/^(?:Key|Digit)/, '')

const TABLES: readonly (readonly [string, readonly KeyRow<unknown>[], Words, Words])[] = [
  ['floor', ALL_KEYS, zh.floor.keys, en.floor.keys],
  ['wall', WALL_KEYS, zh.wall.keys, en.wall.keys],
  ['playback', PLAYBACK_KEYS, zh.playback.act, en.playback.act]
]

describe.each(TABLES)('%s', (_page, rows, chinese, english) => {
  it('binds no key twice, and says of each what it does', () => {
    expect(Object.keys(bindings(rows, 'plain')).length).toBeGreaterThan(10)
    expect(Object.keys(bindings(rows, 'shifted')).length).toBeGreaterThan(0)
    for (const { does } of rows) {
      expect(chinese[does], does).toBeTypeOf('string')
      expect(english[does], does).toBeTypeOf('string')
    }
  })

  it('prints on the cap what is bound', () => {
    for (const { cap, plain, shifted } of rows) {
      const caps = cap.split(' ').flatMap(each => rangeOf(each) ?? [each])
      for (const code of Object.keys(plain ?? {})) expect(caps, `${cap}: ${code}`).toContain(capOf(code))
      for (const code of Object.keys(shifted ?? {}))
        expect(caps, `${cap}: ⇧${code}`).toSatisfy(
          (all: readonly string[]) => all.includes(`⇧${capOf(code)}`) || (code === 'Equal' && all.includes('+'))
        )
    }
  })
})

/** `⇧1–4` are four. */
function rangeOf(cap: string): readonly string[] | undefined {
  const [, before = '', first, last] = /^(.*)(\d)–(\d)$/.exec(cap) ?? []
  if (first === undefined) return undefined
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, n) => `${before}${Number(first) + n}`)
}

it('names every group of the floor in both languages, and reads the floor by its table alone', () => {
  for (const group of KEY_GROUPS) expect([zh.floor.keyGroup[group], en.floor.keyGroup[group]]).not.toContain(undefined)
  const press = { key: '', shiftKey: false, ctrlKey: false, altKey: false, metaKey: false }
  for (const layer of ['plain', 'shifted'] as const)
    for (const [code, command] of Object.entries(bindings(ALL_KEYS, layer)))
      expect(commandOf({ ...press, code, shiftKey: layer === 'shifted' }, false), code).toEqual(command)
  for (const code of ['KeyI', 'F5', 'F12', 'Tab'])
    expect(code === 'KeyI' || !commandOf({ ...press, code }, false)).toBe(true)
})
