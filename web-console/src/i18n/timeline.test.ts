/** Lines of 经过 in words: which alarm joined, and which trouble it is. */
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import { line } from '../testing/samples.ts'
import { timelineText } from './timeline.ts'
import * as zh from './zh/index.ts'

beforeAll(async () => {
  await i18next.init({
    lng: 'zh-CN',
    resources: { 'zh-CN': zh },
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
