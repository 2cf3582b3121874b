/** Which notice the floor reads first, and that none promises what another takes back. */
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import type { Notice } from '../../../gateway/core/wire.ts'
import { noticeText, worstFirst } from './notice.ts'
import * as zh from './zh/index.ts'

beforeAll(async () => {
  await i18next.init({ lng: 'zh-CN', resources: { 'zh-CN': zh }, ns: Object.keys(zh) })
})

const notice = (code: string, level: Notice['level'], atMs: number): Notice => ({
  key: code,
  code,
  level,
  atMs,
  data: {}
})

it('that no alarm is taken stands before that recordings have stopped, which came first', () => {
  const full = [
    notice('diskLow', 'warning', 1),
    notice('recordingFull', 'critical', 2),
    notice('storeUnwritable', 'critical', 3)
  ]
  expect(worstFirst(full).map(({ code }) => code)).toEqual(['storeUnwritable', 'recordingFull', 'diskLow'])
})

it('a full disk promises nothing for alarms', () => {
  const words = (code: string) => noticeText(notice(code, 'critical', 1), i18next.t)
  expect(words('storeUnwritable')).toContain('新报警暂不能确认')
  expect(words('recordingFull')).not.toContain('不受影响')
})

it('messages that were given up are told with how many, and where they are sent again', () => {
  const gaveUp: Notice = { ...notice('sinkGaveUp', 'info', 1), data: { sink: 'city', count: 2 } }
  expect(noticeText(gaveUp, i18next.t)).toBe('外发 city 有 2 条没送到，请在“外发”页重发或丢弃')
})
