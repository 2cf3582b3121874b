/** Where an incident is, in words: the home of a household, the street of whoever is not there, never the firm of a taxi. */
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import * as en from '../i18n/en/index.ts'
import * as zh from '../i18n/zh/index.ts'
import { incident, T0 } from '../testing/samples.ts'
import { hasMovedOn } from './place-line.tsx'
import { placeText, spotText } from './place-text.ts'

beforeAll(async () => {
  await i18next.init({
    ...{ lng: 'zh-CN', resources: { 'zh-CN': zh, en }, ns: Object.keys(zh), interpolation: { escapeValue: false } }
  })
})

const point = { lat: 27.0366, lon: 119.6123, datum: 'wgs84' as const }
const street = { street: '北环路', crossing: '建设路', crossingM: 30 }
const gridCell = { id: 'c' as never, name: '03-01 网格' }
const taxi = incident('i', {
  position: point,
  subject: { ...incident('i').subject, kind: 'vehicle', name: '闽J·T0637', address: '临溪平安出租', gridCell }
})
const say = (of: typeof taxi, present?: Parameters<typeof placeText>[2]) => placeText(of, i18next.t, present)

it('a household is at its address', () => {
  expect(say(incident('i'))).toBe('杏花巷 16 号')
})

it('a vehicle is in its street: where it is now, else where it pressed', () => {
  const fix = { point, atMs: T0, street }
  expect(say({ ...taxi, fix })).toBe('北环路与建设路路口')
  expect(say({ ...taxi, fix: { ...fix, street: { ...street, crossingM: 320 } } })).toBe('北环路，距建设路路口 320 m')
  expect(say({ ...taxi, fix }, { point, atMs: T0 + 1, street: { street: '人民路' } })).toBe('人民路')
})

it('without a street it is said in numbers, with the cell of the press and only of the press', () => {
  expect(say({ ...taxi, fix: { point, atMs: T0 } })).toBe('27.03660, 119.61230 · 03-01 网格')
  expect(say(taxi)).toBe('27.03660, 119.61230 · 03-01 网格')
  expect(say(taxi, { point, atMs: T0 })).toBe('27.03660, 119.61230')
  expect(say({ ...taxi, position: undefined })).toBe('位置未知')
})

it('a line of a list says nothing where nothing is known', () => {
  const bare = { ...taxi, position: undefined }
  expect(spotText({ ...bare, subject: { ...bare.subject, address: '' } }, i18next.t)).toBe('')
  expect(spotText(incident('i'), i18next.t)).toBe('杏花巷 16 号')
})

it('what was near at the press is near no more once the car is 60 m away', () => {
  const at = (lat: number, datum: 'wgs84' | 'gcj02' = 'wgs84') => ({ point: { ...point, lat, datum }, atMs: T0 })
  expect(hasMovedOn(taxi, at(27.037))).toBe(false)
  expect(hasMovedOn(taxi, at(27.0372))).toBe(true)
  expect(hasMovedOn(taxi, at(27.0366, 'gcj02'))).toBe(true)
  expect(hasMovedOn(taxi, undefined)).toBe(false)
  expect(hasMovedOn({ position: undefined }, at(27.1))).toBe(false)
})
