/** 话术: the place first, health to 120 only, and under duress no telephone that would ring. */
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import type { Position } from '../../../gateway/core/geo.ts'
import type { SubjectCard } from '../../../gateway/core/incident.ts'
import * as en from '../i18n/en/index.ts'
import * as zh from '../i18n/zh/index.ts'
import { assignment, incident, T0 } from '../testing/samples.ts'
import { scriptOf } from './script.ts'

beforeAll(async () => {
  await i18next.init({
    lng: 'zh-CN',
    resources: { 'zh-CN': zh, en },
    ns: Object.keys(zh),
    interpolation: { escapeValue: false }
  })
})

const card = { ...incident('i').subject, phone: '6650147', medicalNote: '心脏支架' } satisfies SubjectCard
const say = (change: Parameters<typeof incident>[1], service: '110' | '120' = '110', present?: Position) =>
  scriptOf(incident('i', { subject: card, ...change }), service, '临溪县监控中心', i18next.t, {
    ...{ present, nowMs: T0 + 12_000 }
  })

it('says who speaks, where and what, and asks for their number', () => {
  expect(say({ nature: 'violence' })).toBe(
    '这里是临溪县监控中心，警情 1122-0187。杏花巷 16 号，陈桂芳处，涉暴力。现场电话 6650147。请派人，并告知单号和接警人。'
  )
})

it('tells health to 120 only', () => {
  expect(say({}, '120')).toContain('心脏支架')
  expect(say({})).not.toContain('心脏支架')
})

it('gives no number under duress, and says why nobody may ring or sound', () => {
  expect(say({ duress: true })).not.toContain('6650147')
  expect(say({ duress: true })).toContain('疑受胁迫')
})

it('says who is there already, else who is on the way', () => {
  const coming = assignment({ state: 'enRoute', unitName: '骑巡 18 组' })
  expect(say({ assignments: [coming] })).toContain('骑巡 18 组正在赶往')
  const there = assignment({ state: 'arrived', unitName: '巡防 07 车' })
  expect(say({ assignments: [coming, there] })).toContain('巡防 07 车已在现场')
})

const street = { street: '北环路', crossing: '建设路', crossingM: 180 }
const point = { lat: 27.0366, lon: 119.6123, datum: 'wgs84' as const }
const taxi: Parameters<typeof incident>[1] = {
  ...{ sourceKind: 'taxi', position: point },
  subject: { ...card, kind: 'vehicle', name: '闽J·T0637', address: '临溪平安出租' }
}

it('says in which street a taxi was and is, how it drives and how old that is; never its firm', () => {
  const fix = { point, atMs: T0, street }
  expect(say({ ...taxi, fix })).toContain('车辆 闽J·T0637，紧急求助，车在北环路，距建设路路口 180 m，位置 12 秒前。')
  const now = {
    point,
    atMs: T0 + 9_000,
    speedKmh: 43.2,
    headingDeg: 90,
    street: { street: '人民路', crossing: '文昌街', crossingM: 12 }
  }
  expect(say({ ...taxi, fix }, '110', now)).toContain('车在人民路与文昌街路口，43 km/h，往东，位置 3 秒前。')
  expect(say({ ...taxi, fix: { point, atMs: T0 } })).toContain('车在27.03660, 119.61230，')
  expect(say(taxi)).toContain('27.03660, 119.61230')
  expect(say({ ...taxi, position: undefined })).toContain('位置未知')
  for (const each of [{ ...taxi, fix }, taxi]) expect(say(each)).not.toContain('临溪平安出租')
})

it('says where a person is who pressed away from home, and that it is not the home', () => {
  expect(say({ fix: { point, atMs: T0, street } })).toContain(
    '陈桂芳，紧急求助；人在北环路，距建设路路口 180 m，不在家（家住杏花巷 16 号）。'
  )
})
