/** Presses that were gathered into one line, in words. */
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import { line } from '../testing/samples.ts'
import { timelineText } from './timeline.ts'
import * as zh from './zh/index.ts'

beforeAll(async () => {
  await i18next.init({ lng: 'zh', resources: { zh } })
})

it('says how many presses a line of gathered ones stands for, within how long, and which zones they came from', () => {
  const data = { signal: 7, gathered: 839, withinMs: 990, zones: '3、7', text: '防区 3' }
  const pressed = timelineText(line(1, { kind: 'pressed', data }), i18next.t)
  expect(pressed).toEqual({ text: '1 秒内按键 839 次', said: '防区 3、7 · 防区 3' })
  const opened = timelineText(line(1, { kind: 'opened', data: { ...data, alarmClass: 'panic' } }), i18next.t)
  expect(opened.said).toContain('1 秒内 839 次')
  const long = timelineText(
    line(1, { kind: 'pressed', data: { signal: 7, gathered: 8_390, withinMs: 9_985 } }),
    i18next.t
  )
  expect(long.text).toBe('10 秒内按键 8390 次')
  // Of before: it stood for a second, and did not say for how long.
  expect(timelineText(line(1, { kind: 'pressed', data: { gathered: 3 } }), i18next.t).text).toBe('1 秒内按键 3 次')
})
