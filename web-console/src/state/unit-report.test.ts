/** The last report from the scene, and what a result may be chosen by Enter beside it. */
import i18next from 'i18next'
import { expect, it } from 'vitest'
import type { TimelineEntry } from '../../../gateway/core/incident.ts'
import * as zh from '../i18n/zh/index.ts'
import { fittingDisposition } from './disposition.ts'
import { authorOf, lastReport } from './unit-report.ts'

const line = (atMs: number, kind: string, data: object = {}) => ({ kind, atMs, data }) as unknown as TimelineEntry
const FALSE = line(2, 'reported', { unit: '派出所 2 号车', text: '核实完毕，误触', disposition: 'false-misuse' })

it('is the last one since it was opened anew', () => {
  const first = line(1, 'reported', { unit: '甲', text: '已到', disposition: '' })
  expect(lastReport([first])).toEqual({ unit: '甲', atMs: 1, text: '已到', disposition: undefined })
  const said = { unit: '派出所 2 号车', atMs: 2, text: '核实完毕，误触', disposition: 'false-misuse' }
  expect(lastReport([first, FALSE, line(3, 'cleared')])).toEqual(said)
  expect([lastReport([]), lastReport([FALSE, line(4, 'reopened')])]).toEqual([undefined, undefined])
})

it('lets Enter take what the unit found, never what contradicts it', () => {
  const found = { nature: 'violence', alarmClass: 'panic' } as const
  expect(fittingDisposition('real', found)).toBe('real-police')
  const reported = lastReport([FALSE])?.disposition
  expect(fittingDisposition('real', found, reported)).toBe('false-misuse')
})

it('names who types it, on the word of the unit', async () => {
  await i18next.init({ lng: 'zh-CN', resources: { 'zh-CN': zh }, ns: Object.keys(zh) })
  expect(authorOf('林晓', lastReport([FALSE]), i18next.t)).toBe('林晓（据派出所 2 号车报）')
  expect(authorOf('林晓', undefined, i18next.t)).toBe('林晓')
})
