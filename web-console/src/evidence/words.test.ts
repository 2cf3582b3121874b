/** The span of an item of evidence: what is being recorded counts up, what is kept has its end. */

import type { TFunction } from 'i18next'
import { expect, it } from 'vitest'
import type { EvidenceItem } from '../../../gateway/core/incident.ts'
import { describedText, listText, madeBy } from '../ui/called.ts'
import { evidenceSpan } from './words.ts'

const FROM = Date.UTC(2026, 10, 28, 7, 37, 28)
const t = ((key: string, holes?: object) => `${key}${holes ? JSON.stringify(holes) : ''}`) as unknown as TFunction
const item = (part: object) =>
  ({ kind: 'clip', state: 'recording', requestedFromMs: FROM, requestedToMs: FROM + 60_000, ...part }) as EvidenceItem
const span = (part: object, afterS: number) => evidenceSpan(item(part), FROM + afterS * 1_000, 'UTC', t)

it('a recording past its first planned end goes on counting up and names no end', () => {
  expect(span({}, 30)).toContain('floor:evidence.growing')
  expect(span({}, 725)).toContain('07:37:28')
  expect(span({}, 725)).not.toContain('07:38:28')
  expect(span({}, 725)).not.toBe(span({}, 726))
  expect(span({ kind: 'voice' }, 5)).toContain('floor:evidence.growing')
})

it('what is kept, and the seconds before the press, have both ends', () => {
  const kept = { state: 'ready', actualToMs: FROM + 720_000 }
  expect(span(kept, 9_999)).toContain('07:37:28–07:49:28')
  expect(span({ kind: 'preview' }, 9_999)).toContain('07:37:28–07:38:28')
  expect(span({ kind: 'still' }, 9_999)).toBe('07:37:28')
})

it('what the gateway named itself has its name in both languages', () => {
  const english = ((key: string) => (key === 'common:languageIs' ? 'en' : key)) as unknown as TFunction
  const photo = { cameraName: '闽J·T0637 车载 1', cameraNameEn: '闽J·T0637 in car 1' }
  expect([madeBy(photo, t), madeBy(photo, english)]).toEqual(['闽J·T0637 车载 1', '闽J·T0637 in car 1'])
  expect(madeBy({ cameraName: '杏花巷东口' }, english)).toBe('杏花巷东口')
})

it('what was kept before it had an English name has one all the same', () => {
  const english = ((key: string, holes?: { channel: string }) =>
    key === 'common:languageIs' ? 'en' : `${key} ${holes?.channel ?? ''}`.trim()) as unknown as TFunction
  expect(madeBy({ cameraName: '闽J·T0637 车载 12' }, english)).toBe('闽J·T0637 words:inCar 12')
  expect(describedText({ description: '视频巡查发现' }, english)).toBe('words:foundOnVideo')
  const now = { description: '视频巡查发现', descriptionEn: 'Found on video patrol' }
  expect([describedText(now, t), describedText(now, english)]).toEqual([now.description, now.descriptionEn])
  expect(describedText({ description: '女 74 岁 独居' }, english)).toBe('女 74 岁 独居')
  expect([listText('东街、西街', t), listText('东街、西街', english)]).toEqual(['东街、西街', '东街, 西街'])
})
