/** Who of the contacts was told, by what and when: out of the story alone. */
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import * as zh from '../../../i18n/zh/index.ts'
import { line } from '../../../testing/samples.ts'
import { lastTold, toldOf, toldText } from './contacts.tsx'

const MING = { name: '陈明', relation: '儿子', phone: '139 0000 0001' }
const WHO = { name: '陈明', relation: '儿子' }
const LIN = { kind: 'user', userId: 'u-3', name: '林晓', seat: 3 } as never
const SYSTEM = { kind: 'system' } as const

beforeAll(() => i18next.init({ lng: 'zh-CN', resources: { 'zh-CN': zh }, ns: Object.keys(zh) }))

const story = [
  line(1, { kind: 'opened', data: { alarmClass: 'help', ...WHO } }),
  line(2, { kind: 'contactTold', actor: SYSTEM, data: { ...WHO, contact: 'noAnswer' } }),
  line(3, { kind: 'contactTold', actor: SYSTEM, data: { name: '陈明', relation: '邻居', contact: 'busy' } }),
  line(4, { kind: 'calledBack', actor: LIN, data: { ...WHO, to: '陈明 ****001' } }),
  line(5, { kind: 'contactTold', actor: LIN, data: { ...WHO, contact: 'heard' } }),
  line(6, { kind: 'callEnded', actor: LIN, data: { ...WHO, callEnd: 'talked', seconds: 75 } }),
  line(7, { kind: 'callEnded', actor: LIN, data: { callEnd: 'talked', seconds: 9 } })
]

it('has each contact’s own lines and nobody else’s, in words', () => {
  expect(toldOf(story, MING).map(entry => toldText(entry, i18next.t))).toEqual([
    '自动电话：无人接听',
    '林晓 电话：按 1 确认，已知悉',
    '林晓 电话：通话 1 分 15 秒'
  ])
  const busy = line(8, { kind: 'callEnded', actor: LIN, data: { ...WHO, callEnd: 'busy', seconds: 0 } })
  expect(toldText(busy, i18next.t)).toBe('林晓 电话：占线')
})

it('says of a message that is not handed over why, and what to do', () => {
  const told = (again: boolean, untold: string) =>
    toldText(line(9, { kind: 'contactUntold', actor: SYSTEM, data: { ...WHO, untold, again } }), i18next.t)
  expect(told(true, 'ECONNREFUSED')).toBe('短信还没交发：对方拒绝连接，仍会重试')
  expect(told(false, 'HTTP 422')).toBe('短信没能交发：HTTP 422，请打电话')
  expect(toldOf([line(9, { kind: 'contactUntold', actor: SYSTEM, data: WHO })], MING)).toHaveLength(1)
})

it('says of a message only how it stands now; the story keeps the rest', () => {
  const late = line(9, { kind: 'contactUntold', actor: SYSTEM, data: { ...WHO, untold: 'HTTP 503', again: true } })
  const dead = line(10, { kind: 'contactUntold', actor: SYSTEM, data: { ...WHO, untold: 'HTTP 503', again: false } })
  const there = line(11, { kind: 'contactMessaged', actor: SYSTEM, data: WHO })
  const noAnswer = line(2, { kind: 'contactTold', actor: SYSTEM, data: { ...WHO, contact: 'noAnswer' } })
  expect(toldOf([noAnswer, late], MING)).toEqual([noAnswer, late])
  expect(toldOf([noAnswer, late, dead], MING)).toEqual([noAnswer, dead])
  expect(toldOf([noAnswer, late, there], MING)).toEqual([noAnswer, there])
  // Handed over is what is known; whether it has come is not.
  expect(toldText(there, i18next.t)).toBe('短信已交发')
})

it('says the newest with its time, or that nobody told him', () => {
  expect(lastTold(story, MING, 'Asia/Shanghai', i18next.t)).toMatch(/^\d\d:\d\d:\d\d 林晓 电话：通话 1 分 15 秒$/)
  expect(lastTold([], MING, 'Asia/Shanghai', i18next.t)).toBe('还没有通知')
})
