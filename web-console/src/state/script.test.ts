/** 话术: the place first, health to 120 only, and under duress no telephone that would ring. */
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import type { SubjectCard } from '../../../gateway/core/incident.ts'
import * as en from '../i18n/en/index.ts'
import * as zh from '../i18n/zh/index.ts'
import { assignment, incident } from '../testing/samples.ts'
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
const say = (change: Parameters<typeof incident>[1], service: '110' | '120' = '110') =>
  scriptOf(incident('i', { subject: card, ...change }), service, '临溪县监控中心', i18next.t)

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
