/** What was before, in one line. */
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import type { Earlier } from '../../../../../gateway/core/earlier-wire.ts'
import * as en from '../../../i18n/en/index.ts'
import * as zh from '../../../i18n/zh/index.ts'
import { earlierText } from './earlier-text.ts'

beforeAll(async () => {
  await i18next.init({
    ...{ lng: 'zh-CN', resources: { 'zh-CN': zh, en }, ns: Object.keys(zh), interpolation: { escapeValue: false } }
  })
})

const say = (over: Partial<Earlier>) =>
  earlierText({ days: 90, n: 0, more: false, results: [], open: 0, ...over }, 'Asia/Shanghai', i18next.t)

it('says how many there were, how they ended, what is open and how the last test went', () => {
  const misuse = { disposition: 'false-misuse' as const, n: 2 }
  expect(say({})).toBe('90 天内没有别的警情')
  expect(say({ n: 3, results: [misuse], open: 1 })).toBe(
    `90 天 3 起：${i18next.t('words:disposition.false-misuse')} 2，未结 1`
  )
  expect(say({ n: 200, more: true, results: [{ ...misuse, n: 200 }] })).toContain('90 天 200+ 起')
  const atMs = Date.UTC(2026, 10, 19, 20)
  expect(say({ lastTest: { atMs, heard: true } })).toBe('90 天内没有别的警情；11-20 测试正常')
  expect(say({ lastTest: { atMs, heard: false } })).toContain('11-20 测试没收到信号')
})
