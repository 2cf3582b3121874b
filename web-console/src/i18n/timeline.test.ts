/** Lines of 经过 in words: which alarm joined, and which trouble it is. */
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import type { TimelineKind } from '../../../gateway/core/incident.ts'
import type { LineData } from '../../../gateway/core/step.ts'
import { line } from '../testing/samples.ts'
import * as en from './en/index.ts'
import { timelineText } from './timeline.ts'
import * as zh from './zh/index.ts'

beforeAll(async () => {
  await i18next.init({
    lng: 'zh-CN',
    resources: { 'zh-CN': zh, en },
    ns: Object.keys(zh),
    interpolation: { escapeValue: false }
  })
})

it('tells which alarm has joined and which trouble it is', () => {
  const told = (kind: 'opened' | 'joined' | 'restored', data: Readonly<Record<string, string>>) =>
    timelineText(line(5, { kind, data }), i18next.t).text
  expect(told('joined', { alarmClass: 'fence', zone: '杏花巷' })).toBe('同一处的另一报警并入（走出电子围栏）')
  expect(told('joined', { alarmClass: 'trouble', zone: 'battery' })).toBe('另一故障并入：电池低')
  expect(told('opened', { alarmClass: 'trouble', zone: '3', cause: 'sensor-battery' })).toBe('设备故障：探测器电池低')
  expect(told('restored', { alarmClass: 'trouble', zone: 'offline' })).toBe('设备报告恢复：离线')
  expect(told('opened', { alarmClass: 'trouble', zone: '3' })).toBe('报警：设备故障')
  expect(told('restored', { alarmClass: 'intrusion', zone: 'offline' })).toBe('设备报告恢复')
})

it('says that a contact was not told, why, and whether it is tried again', () => {
  const told = (again: boolean) =>
    timelineText(
      line(6, { kind: 'contactUntold', data: { name: '林晓', relation: '女儿', untold: 'paused', again } }),
      i18next.t
    ).text
  expect(told(true)).toBe('给联系人 林晓（女儿）的短信还没交发：接收方已暂停，仍会重试')
  expect(told(false)).toBe('给联系人 林晓（女儿）的短信没能交发：接收方已暂停，不再重试，请打电话')
})

it('joins several names as the language does, and says in-car in English, also of lines of before', () => {
  const english = i18next.getFixedT('en')
  const told = (kind: TimelineKind, data: LineData) => timelineText(line(1, { kind, data }), english).text
  const clips = { camera: '杏花巷东口、人民路口', kind: 'clip', count: 2, preRollS: 30 }
  expect(told('evidence', clips)).toMatch(/^杏花巷东口, 人民路口: /)
  expect(timelineText(line(1, { kind: 'evidence', data: clips }), i18next.t).text).toMatch(/^杏花巷东口、人民路口：/)
  const photos = { camera: '闽J·T0637 车载 1、闽J·T0637 车载 2', kind: 'photo', count: 2 }
  expect(told('evidence', photos)).toMatch(/^闽J·T0637 In-car 1, 闽J·T0637 In-car 2: /)
  const voice = { camera: '未登记号码 1', cameraEn: 'Unregistered number 1', kind: 'voice', seconds: 9, gapS: 0 }
  expect(told('evidence', voice)).toMatch(/^Unregistered number 1: /)
  expect(told('messageSent', { units: '巡防 07 车、民警 2 组' })).toBe('Message to 巡防 07 车, 民警 2 组')
  expect(
    timelineText(line(1, { kind: 'opened', data: { alarmClass: 'panic', zones: '东厅、西厅' } }), english).said
  ).toBe('zones 东厅, 西厅')
})
