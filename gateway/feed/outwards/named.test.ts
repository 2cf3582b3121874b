/** What nobody registered goes out in words: in each language of a CAP message, and with its English beside it in JSON. */
import { expect, it } from 'vitest'
import { id, type SourceId } from '../../core/brand.ts'
import { unmappedCard } from '../../core/called.ts'
import type { SinkSettings } from '../../core/outwards.ts'
import { sampleIncident } from '../../testing/samples.ts'
import { capMessage } from './cap.ts'
import { outwardIncident } from './view.ts'

const STRANGER = sampleIncident({ alarmClass: 'unmapped', subject: unmappedCard(id<SourceId>('sip:6659999')) })
const SINK: SinkSettings = {
  ...{ name: 'province', url: 'https://example.org/cap', enabled: true, format: 'cap', scope: 'private' },
  ...{ addresses: ['duty@example.org'], restriction: '', status: 'actual' },
  ...{ personal: true, tell: 'opened', lowestPriority: 5, classes: [] }
}

it('of a CAP message each language has its own name', () => {
  const site = { sender: 'pingan', name: '临溪县', centre: '监控中心', timeZone: 'Asia/Shanghai', demo: false }
  const message = { identifier: 'i.1', sentMs: STRANGER.openedAtMs, event: 'opened' as const, references: [] }
  const text = capMessage(site, SINK, message, STRANGER)
  const [zh = '', en = ''] = text.split('<info>').slice(1)
  expect(zh).toContain('未登记号码 6659999')
  expect(en).toContain('Unregistered number 6659999')
  expect(en).not.toContain('未登记号码')
})

it('JSON has both, and without personal data none', () => {
  expect(outwardIncident(STRANGER, true).subject).toMatchObject({
    name: '未登记号码 6659999',
    nameEn: 'Unregistered number 6659999'
  })
  expect(outwardIncident(STRANGER, false).subject).toBeUndefined()
})
